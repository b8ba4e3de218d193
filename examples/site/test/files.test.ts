import { inflateSync } from 'node:zlib';
import { type FileAnswer, type Route, renderRoute, scenarioNamed, siteRoutes } from '@sheaf/example-site';
import { expect, test } from 'vitest';

function bytesOf(path: string): Buffer {
  const route = siteRoutes.find((candidate) => candidate.path === path) as Route & { answer: FileAnswer };
  return Buffer.from(renderRoute(route, scenarioNamed('initial')).body as Uint8Array);
}

test('the offsets in the PDF point at its objects and the stream is as long as it says', () => {
  const file = bytesOf('/downloads/quick-card.pdf').toString('latin1');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
  expect(file.slice(start, start + 8)).toBe('xref\n0 7');
  const entries = file.slice(start + 9).match(/\d{10} \d{5} [nf] \n/g) ?? [];
  expect(entries).toHaveLength(7);
  entries.slice(1).forEach((entry, index) => {
    const offset = Number(entry.slice(0, 10));
    expect(file.slice(offset, offset + 7)).toBe(`${index + 1} 0 obj`);
  });
  const [, length, stream] = /\/Length (\d+) >>\nstream\n(.*?)\nendstream/s.exec(file) ?? [];
  expect(stream?.length).toBe(Number(length));
  expect(stream).toContain('(Measure the spine after pressing.) Tj');
});

test('the PNG is 48 pixels square and its chunks hold as many', () => {
  const file = bytesOf('/images/sewing-frame.png');
  expect(file.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([48, 48]);
  const dataLength = file.readUInt32BE(33);
  expect(file.subarray(37, 41).toString()).toBe('IDAT');
  expect(inflateSync(file.subarray(41, 41 + dataLength))).toHaveLength(49 * 48);
  // The checksum of an empty IEND is the same in every PNG.
  expect(file.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
});
