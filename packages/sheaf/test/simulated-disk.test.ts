import { describe, expect, it } from 'vitest';
import type { DiskChange, DiskEvent } from './power-cuts/disk-event.ts';
import { readTrace } from './power-cuts/read-trace.ts';
import { type DiskImage, simulateDisk } from './power-cuts/simulate-disk.ts';

const all = (): boolean => true;
const none = (): boolean => false;
const data = (text: string): Buffer => Buffer.from(text);

/** A disk after changes that each end before the next begins. */
function diskAfter(...changes: readonly DiskChange[]) {
  const disk = simulateDisk('/root');
  for (const [index, change] of changes.entries()) disk.apply({ ...change, began: index, ended: index });
  return disk;
}

function named({ files }: DiskImage): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...files].map(([name, content]) => [name, 'files' in content ? named(content) : content.toString()]),
  );
}

const create = (path: string): DiskChange => ({ kind: 'create', path });
const write = (path: string, text: string, offset = 0): DiskChange => ({
  kind: 'write',
  path,
  offset,
  data: data(text),
});
const sync = (path: string): DiskChange => ({ kind: 'sync', path });
const rename = (path: string, to: string): DiskChange => ({ kind: 'rename', path, to });

describe('a simulated disk', () => {
  it('may lose what was not synced: the name with its folder, the bytes with the file', () => {
    const disk = diskAfter(create('/root/a'), write('/root/a', 'text'));
    expect([named(disk.cut(none)), named(disk.cut(all))]).toEqual([{}, { a: 'text' }]);
    const withName = diskAfter(create('/root/a'), write('/root/a', 'text'), sync('/root'));
    expect(named(withName.cut(none))).toEqual({ a: '' });
    const withBytes = diskAfter(create('/root/a'), write('/root/a', 'text'), sync('/root/a'));
    expect(named(withBytes.cut(none))).toEqual({});
    const withBoth = diskAfter(create('/root/a'), write('/root/a', 'text'), sync('/root/a'), sync('/root'));
    expect(named(withBoth.cut(none))).toEqual({ a: 'text' });
  });

  it('loses a folder with all that is in it', () => {
    const made: readonly DiskChange[] = [
      { kind: 'make-folder', path: '/root/f' },
      create('/root/f/a'),
      sync('/root/f'),
    ];
    expect(named(diskAfter(...made).cut(none))).toEqual({});
    expect(named(diskAfter(...made, sync('/root')).cut(none))).toEqual({ f: { a: '' } });
  });

  it('has a file under one of its names when a rename was not synced, and under the new one afterwards', () => {
    const before = [create('/root/a'), sync('/root'), rename('/root/a', '/root/b')];
    expect(named(diskAfter(...before).cut(none))).toEqual({ a: '' });
    expect(named(diskAfter(...before).cut(all))).toEqual({ b: '' });
    expect(named(diskAfter(...before, sync('/root')).cut(none))).toEqual({ b: '' });
  });

  it('brings back what was removed, and cuts back what was written since', () => {
    const before = [create('/root/a'), write('/root/a', 'old'), sync('/root/a'), sync('/root')];
    expect(named(diskAfter(...before, { kind: 'remove', path: '/root/a' }).cut(none))).toEqual({ a: 'old' });
    const shorter = diskAfter(...before, { kind: 'truncate', path: '/root/a', size: 1 });
    expect([named(shorter.cut(none)), named(shorter.cut(all))]).toEqual([{ a: 'old' }, { a: 'o' }]);
  });

  it('tears a write at its sectors, with zeros where nothing was written', () => {
    const disk = diskAfter(create('/root/a'), sync('/root'), write('/root/a', 'x'.repeat(1_024), 256));
    let piece = 0;
    const second = (): boolean => {
      piece += 1;
      return piece === 2;
    };
    expect(named(disk.cut(second))).toEqual({ a: `${'\0'.repeat(512)}${'x'.repeat(512)}` });
  });

  it('does not take a write for synced that ended while the sync was under way', () => {
    const disk = simulateDisk('/root');
    disk.apply({ ...create('/root/a'), began: 1, ended: 2 });
    disk.apply({ ...sync('/root'), began: 3, ended: 4 });
    disk.apply({ ...write('/root/a', 'late'), began: 5, ended: 7 });
    disk.apply({ ...sync('/root/a'), began: 6, ended: 8 });
    expect(named(disk.cut(none))).toEqual({ a: '' });
  });
});

describe('a trace', () => {
  const hex = (text: string): string => [...data(text)].map((byte) => `\\x${byte.toString(16)}`).join('');
  const open = `9 openat(AT_FDCWD<${hex('/')}>, "${hex('/root/a')}", O_RDWR|O_CREAT, 0644) = 5<${hex('/root/a')}>`;

  it('is read call by call, with the positions of descriptors', () => {
    const lines = [
      open,
      `9 write(5<${hex('/root/a')}>, "${hex('one')}", 3) = 3`,
      `9 write(5<${hex('/root/a')}>, "${hex('two')}", 3) = 2`,
      `9 write(6<${hex('/elsewhere')}>, "${hex('no')}", 2) = 2`,
      `8 fdatasync(5<${hex('/root/a')}> <unfinished ...>`,
      `9 write(1<${hex('pipe')}>, "${hex('said')}", 4) = 4`,
      '8 <... fdatasync resumed>) = 0',
      `9 unlink("${hex('/root/b')}") = -1 ENOENT (No such file or directory)`,
    ];
    const expected: readonly DiskEvent[] = [
      { ...create('/root/a'), began: 0, ended: 0 },
      { ...write('/root/a', 'one'), began: 1, ended: 1 },
      { ...write('/root/a', 'tw', 3), began: 2, ended: 2 },
      { kind: 'say', text: 'said', began: 5, ended: 5 },
      { ...sync('/root/a'), began: 4, ended: 6 },
    ];
    expect(readTrace(lines.join('\n'), '/root')).toEqual(expected);
  });

  it('has each folder before what another thread makes in it', () => {
    const lines = [
      `7 mkdir("${hex('/root/a/b/c')}", 0777 <unfinished ...>`,
      `8 mkdir("${hex('/root/a')}", 0777 <unfinished ...>`,
      `9 mkdir("${hex('/root/a/b')}", 0777) = 0`,
      '7 <... mkdir resumed>) = 0',
      '8 <... mkdir resumed>) = 0',
    ];
    expect(readTrace(lines.join('\n'), '/root')).toEqual([
      { kind: 'make-folder', path: '/root/a', began: 1, ended: 4 },
      { kind: 'make-folder', path: '/root/a/b', began: 2, ended: 2 },
      { kind: 'make-folder', path: '/root/a/b/c', began: 0, ended: 3 },
    ]);
  });

  it('is refused with a call that changes the folder and is not understood', () => {
    const call = `9 fallocate(5<${hex('/root/a')}>, 0, 0, 9) = 0`;
    expect(() => readTrace(`${open}\n${call}`, '/root')).toThrow('not understood');
    expect(readTrace(`${open}\n${call}`, '/other')).toEqual([]);
  });
});
