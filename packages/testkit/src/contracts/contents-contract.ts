import { contentHash } from '@sheaf/core';
import { sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { damageContent } from './support/damage-content.ts';
import { snapshot } from './support/document-rows.ts';
import { useData } from './support/use-data.ts';

const START = '2026-05-04T03:02:01.007Z';

/** What `ContentRepository` promises, whatever the database and wherever the bytes are. */
export function contentsContract(harness: ContractHarness): void {
  describe(`contents on ${harness.name}`, () => {
    const clock = createTestClock(START);
    const data = useData(harness, () => {
      clock.set(START);
      return { clock };
    });
    const open = async () => ({ scope: await data().scope(), ...(await data().repositories()) });
    const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

    it('give back the bytes that were stored, each byte as it was', async () => {
      const { contents } = await open();
      const every = Uint8Array.from({ length: 1024 }, (_, place) => place % 256);
      for (const bytes of [every, new Uint8Array(), bytesOf('a\0b')]) {
        const staged = await contents.stage(bytes);
        expect(staged).toMatchObject({ hash: contentHash(bytes), size: bytes.byteLength });
        await contents.record([staged]);
        const read = await contents.read(staged.hash);
        expect(read.constructor).toBe(Uint8Array);
        expect(read).toEqual(bytes);
      }
    });

    it('keep equal bytes once, and note when they were stored last', async () => {
      const { contents, scope } = await open();
      const staged = await contents.stage(bytesOf('same'));
      await contents.record([staged, staged]);
      const later = clock.advance(1000);
      await contents.record([await contents.stage(bytesOf('same')), await contents.stage(bytesOf('other'))]);
      const rows = (await snapshot(scope)).contents.map(({ hash, size, created_at, touched_at }) => ({
        hash,
        size,
        created_at,
        touched_at,
      }));
      expect(rows).toHaveLength(2);
      expect(rows).toContainEqual({ hash: staged.hash, size: 4, created_at: new Date(START), touched_at: later });
    });

    it('store many at once, in any order, by several at once', async () => {
      const { contents } = await open();
      const texts = Array.from({ length: 130 }, (_, place) => `content ${place}`);
      const staged = await Promise.all(texts.map((text) => contents.stage(bytesOf(text))));
      await Promise.all([staged, [...staged].reverse(), staged.slice(40)].map((some) => contents.record(some)));
      for (const [place, { hash }] of staged.entries()) {
        expect(new TextDecoder().decode(await contents.read(hash))).toBe(texts[place]);
      }
      await contents.record([]);
    });

    it('are not there before they are recorded, nor when they are unknown', async () => {
      const { contents } = await open();
      const staged = await contents.stage(bytesOf('staged only'));
      for (const hash of [staged.hash, contentHash('unknown'), 'sha256-..', '../../etc/passwd', 'a\0b', '']) {
        await expect(contents.read(hash)).rejects.toMatchObject({ code: 'db.content-missing' });
      }
    });

    it('belong to the transaction that records them', async () => {
      const { contents, scope } = await open();
      const staged = await contents.stage(bytesOf('undone'));
      const failure = new Error('undo');
      await expect(
        scope.transaction(async (inner) => {
          await data().within(inner).contents.record([staged]);
          throw failure;
        }),
      ).rejects.toBe(failure);
      await expect(contents.read(staged.hash)).rejects.toMatchObject({ code: 'db.content-missing' });
    });

    it('that were damaged are noticed, and mended by storing them again', async () => {
      const { contents, scope } = await open();
      const staged = await contents.stage(bytesOf('precious'));
      await contents.record([staged]);
      await damageContent(data(), scope, staged.hash);
      await expect(contents.read(staged.hash)).rejects.toMatchObject({ code: 'db.content-corrupt' });
      await contents.record([await contents.stage(bytesOf('precious'))]);
      expect(await contents.read(staged.hash)).toEqual(bytesOf('precious'));
    });

    it('that lost their bytes are missing, and there again after storing them', async () => {
      const { contents, scope } = await open();
      const staged = await contents.stage(bytesOf('lost'));
      await contents.record([staged]);
      await scope.bytes.remove(staged.hash);
      await scope.sql.execute(sql`DELETE FROM content_bytes WHERE hash = ${staged.hash}`);
      await expect(contents.read(staged.hash)).rejects.toMatchObject({ code: 'db.content-missing' });
      await contents.record([await contents.stage(bytesOf('lost'))]);
      expect(await contents.read(staged.hash)).toEqual(bytesOf('lost'));
    });
  });
}
