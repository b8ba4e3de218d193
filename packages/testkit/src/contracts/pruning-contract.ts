import { contentHash } from '@sheaf/core';
import { type ObservedContent, sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { createPluginTables } from '../plugin-tables.ts';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { ageFiles, storedFiles } from './support/byte-files.ts';
import { type DocumentWorkspace, openDocuments, registered, snapshot } from './support/document-rows.ts';
import { holdOpen } from './support/hold-open.ts';
import { runOf } from './support/run-rows.ts';
import { useData } from './support/use-data.ts';

const START = '2026-05-04T03:02:01.007Z';
const DAY = 24 * 60 * 60 * 1000;
const PAGE = 'https://example.com/page';

/** What `ContentRepository.prune` promises, whatever the database and wherever the bytes are. */
export function pruningContract(harness: ContractHarness): void {
  describe(`pruning on ${harness.name}`, () => {
    const clock = createTestClock(START);
    const data = useData(harness, () => {
      clock.set(START);
      return { clock };
    });
    const isInFiles = harness.provider === 'sqlite';
    const files = (count: number, bytes: number) =>
      isInFiles ? { files: count, fileBytes: bytes, temporaryFiles: 0 } : { files: 0, fileBytes: 0, temporaryFiles: 0 };
    const NOTHING = { artifacts: 0, contents: 0, contentBytes: 0, ...files(0, 0) };
    const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
    const store = async ({ contents }: DocumentWorkspace, text: string): Promise<string> => {
      const staged = await contents.stage(bytesOf(text));
      await contents.record([staged]);
      return staged.hash;
    };
    /** Makes all that is there older than the grace period. */
    const passDays = async (): Promise<void> => {
      clock.advance(2 * DAY);
      await ageFiles(data(), new Date(Date.now() - 2 * DAY));
    };
    const isStored = async ({ contents }: DocumentWorkspace, hash: string): Promise<boolean> =>
      contents.read(hash).then(
        () => true,
        (error: { readonly code: string }) => {
          expect(error.code).toBe('db.content-missing');
          return false;
        },
      );
    /** What a fetch keeps of a page: bytes, text, metadata, a version. */
    const fetched = async (workspace: DocumentWorkspace, documentId: string, name: string) => {
      const { artifacts, documents, stages, runs } = workspace;
      const { id: runId } = await runs.open(runOf());
      const [bytesHash, textHash, metaHash] = [
        await store(workspace, `<p>${name}`),
        await store(workspace, name),
        await store(workspace, `{"name":"${name}"}`),
      ];
      const key = { inputHash: contentHash(`input of ${name}`), configHash: 'config' };
      await artifacts.record([
        { ...key, kind: 'markdown', contentHash: textHash },
        { ...key, kind: 'metadata', contentHash: metaHash },
      ]);
      const observed: ObservedContent = { documentId, bytesHash, textHash, mimeType: null, size: 1, title: null };
      await documents.recordContent([observed], { runId });
      await stages.set([{ documentId, stage: 'fetch', status: 'completed', runId, inputHash: key.inputHash }]);
      return { bytesHash, textHash, metaHash, inputHash: key.inputHash, runId };
    };

    it('removes nothing that is in use, however old', async () => {
      const workspace = await openDocuments(data());
      const [id = ''] = await registered(workspace, PAGE);
      const first = await fetched(workspace, id, 'first');
      const second = await fetched(workspace, id, 'second');
      await passDays();
      const before = await snapshot(workspace.scope);
      expect(await workspace.contents.prune()).toEqual(NOTHING);
      expect(await snapshot(workspace.scope)).toEqual(before);
      for (const { bytesHash, textHash, metaHash } of [first, second]) {
        for (const hash of [bytesHash, textHash, metaHash]) expect(await isStored(workspace, hash)).toBe(true);
      }
    });

    it('is sure that rows are gone before it removes their files, and goes on with nothing when it is not', async () => {
      const workspace = await openDocuments(data());
      const hash = await store(workspace, 'nobody needs this');
      await passDays();
      const { scope } = workspace;
      const unsure = data().within({
        ...scope,
        flush: async () => {
          const rows = await scope.sql.all(sql`SELECT hash FROM contents WHERE hash = ${hash}`);
          expect(rows).toEqual([]);
          throw new Error('The disk does not answer.');
        },
      });
      await expect(unsure.contents.prune()).rejects.toThrow('The disk does not answer.');
      expect((await storedFiles(data())).map(({ name }) => name)).toEqual(isInFiles ? [hash] : []);
      expect(await workspace.contents.prune()).toEqual({ ...NOTHING, ...files(1, 17) });
    });

    it('removes what a deleted document has left, and what others share stays', async () => {
      const workspace = await openDocuments(data());
      const { artifacts, contents, documents } = workspace;
      const [one = '', two = ''] = await registered(workspace, PAGE, 'https://example.com/other');
      const gone = await fetched(workspace, one, 'gone');
      const kept = await fetched(workspace, two, 'kept');
      const shared = await fetched(workspace, two, 'shared');
      await fetched(workspace, one, 'shared');
      await documents.delete([one]);
      expect(await contents.prune()).toEqual(NOTHING);
      await passDays();
      const bytes = '<p>gone'.length + 'gone'.length + '{"name":"gone"}'.length;
      expect(await contents.prune()).toEqual({ artifacts: 2, contents: 3, contentBytes: bytes, ...files(3, bytes) });
      for (const hash of [gone.bytesHash, gone.textHash, gone.metaHash]) {
        expect(await isStored(workspace, hash)).toBe(false);
      }
      for (const { bytesHash, textHash, metaHash, inputHash } of [kept, shared]) {
        for (const hash of [bytesHash, textHash, metaHash]) expect(await isStored(workspace, hash)).toBe(true);
        expect(await artifacts.ofInput(inputHash)).toHaveLength(2);
      }
      expect(await contents.prune()).toEqual(NOTHING);
      if (isInFiles) expect(await storedFiles(data())).toHaveLength(6);
    });

    it('keeps what the result of a former run names, and removes it with that run', async () => {
      const workspace = await openDocuments(data());
      const { contents, runs, scope } = workspace;
      const [id = ''] = await registered(workspace, PAGE);
      const { id: runId } = await runs.open(runOf());
      const hash = await store(workspace, '<!-- other markup --><p>the same text');
      await scope.sql.execute(sql`
        INSERT INTO fetch_results (workspace_id, document_id, run_id, status, bytes_hash, fetched_at)
        VALUES (${scope.workspace.id}, ${id}, ${runId}, 'completed', ${hash}, ${clock.now()})`);
      await runs.finish({ runId, status: 'completed' });
      await passDays();
      expect(await contents.prune()).toEqual(NOTHING);
      await runs.delete(runId);
      expect(await contents.prune()).toMatchObject({ contents: 1 });
      expect(await isStored(workspace, hash)).toBe(false);
    });

    it('keeps what a table of a plugin names that is not in use', async () => {
      const workspace = await openDocuments(data());
      const { sql: db, workspace: red } = workspace.scope;
      const { sql: blue, workspace: other } = await data().scope('blue');
      await createPluginTables(data().connection, {
        shop_photos: 'CREATE TABLE shop_photos (workspace_id INTEGER NOT NULL, id TEXT, image_hash TEXT)',
      });
      const [kept, gone] = [await store(workspace, 'kept'), await store(workspace, 'gone')];
      await db.execute(sql`INSERT INTO shop_photos VALUES (${red.id}, 'photo', ${kept})`);
      await blue.execute(sql`INSERT INTO shop_photos VALUES (${other.id}, 'x', ${gone})`);
      await passDays();
      expect(await workspace.contents.prune()).toMatchObject({ contents: 1 });
      expect([await isStored(workspace, kept), await isStored(workspace, gone)]).toEqual([true, false]);
    });

    it('spares what was stored again lately', async () => {
      const workspace = await openDocuments(data());
      const hash = await store(workspace, 'again');
      await passDays();
      await store(workspace, 'again');
      expect(await workspace.contents.prune()).toEqual(NOTHING);
      clock.advance(1000);
      expect(await workspace.contents.prune({ graceMs: 1001 })).toEqual(NOTHING);
      expect(await workspace.contents.prune({ graceMs: 999 })).toMatchObject({ contents: 1, contentBytes: 5 });
      expect((await snapshot(workspace.scope)).contents).toEqual([]);
      expect(await isStored(workspace, hash)).toBe(false);
    });

    it('says on a dry run what it would remove, and removes nothing', async () => {
      const workspace = await openDocuments(data());
      const [id = ''] = await registered(workspace, PAGE);
      await fetched(workspace, id, 'text');
      await workspace.documents.delete([id]);
      await passDays();
      const [before, stored] = [await snapshot(workspace.scope), await storedFiles(data())];
      const rehearsed = await workspace.contents.prune({ isDryRun: true });
      expect([await snapshot(workspace.scope), await storedFiles(data())]).toEqual([before, stored]);
      expect(rehearsed).toMatchObject({ artifacts: 2, contents: 3 });
      expect(await workspace.contents.prune()).toEqual(rehearsed);
    });

    it('leaves other workspaces alone', async () => {
      const [red, blue] = [await openDocuments(data(), 'red'), await openDocuments(data(), 'blue')];
      const hash = await store(red, 'the same');
      await store(blue, 'the same');
      await passDays();
      expect(await red.contents.prune()).toMatchObject({ contents: 1 });
      expect([await isStored(red, hash), await isStored(blue, hash)]).toEqual([false, true]);
    });

    it('of workspaces removes what deleted ones have left', async () => {
      const [red, blue] = [await openDocuments(data(), 'red'), await openDocuments(data(), 'blue')];
      await store(red, 'red');
      const hash = await store(blue, 'blue');
      const { workspaces } = data().service;
      await workspaces.delete('red');
      expect(await workspaces.prune()).toEqual({ files: 0, temporaryFiles: 0, bytes: 0 });
      await passDays();
      const left = { files: isInFiles ? 1 : 0, temporaryFiles: 0, bytes: isInFiles ? 3 : 0 };
      expect(await workspaces.prune({ isDryRun: true })).toEqual(left);
      expect(await workspaces.prune()).toEqual(left);
      expect(await workspaces.prune()).toEqual({ files: 0, temporaryFiles: 0, bytes: 0 });
      expect(await isStored(blue, hash)).toBe(true);
      if (isInFiles) expect((await storedFiles(data())).map(({ workspaceId }) => workspaceId)).toEqual([2]);
    });

    describe('while the same bytes are stored again', () => {
      /** Bytes that were stored once, and that nothing names any more. */
      const abandoned = async () => {
        const workspace = await openDocuments(data());
        const [id = ''] = await registered(workspace, PAGE);
        const old = await fetched(workspace, id, 'text');
        await workspace.documents.delete([id]);
        await passDays();
        const [again = ''] = await registered(workspace, PAGE);
        return { workspace, again, old };
      };
      const expectWhole = async (workspace: DocumentWorkspace, { inputHash, ...hashes }: Record<string, string>) => {
        for (const name of ['bytesHash', 'textHash', 'metaHash']) {
          expect([name, await isStored(workspace, hashes[name] ?? '')]).toEqual([name, true]);
        }
        expect(await workspace.artifacts.ofInput(inputHash ?? '')).toHaveLength(2);
      };

      it('loses nothing between staging and the row', async () => {
        const { workspace, old } = await abandoned();
        const staged = await workspace.contents.stage(bytesOf('text'));
        expect(await workspace.contents.prune()).toMatchObject({ contents: 3, ...files(2, '<p>text'.length + 15) });
        await workspace.contents.record([staged]);
        expect(await isStored(workspace, old.textHash)).toBe(true);
      });

      // In memory there is one connection, and with it no one else.
      // A database in memory has one connection.
      if (harness.provider !== 'sqlite-memory') {
        it('loses nothing between the row and its commit', async () => {
          const { workspace, again, old } = await abandoned();
          const held = await holdOpen(workspace.scope, async (inner) => {
            await fetched({ ...workspace, ...data().within(inner), scope: inner }, again, 'text');
          });
          const pruning = workspace.contents.prune();
          await held.commit();
          expect(await pruning).toEqual(NOTHING);
          await expectWhole(workspace, old);
        });
      }

      // A database in memory has one connection.
      if (harness.provider !== 'sqlite-memory') {
        it('loses nothing in any order', async () => {
          const { workspace, again, old } = await abandoned();
          const prunings = Array.from({ length: 5 }, () => workspace.contents.prune());
          await fetched(workspace, again, 'text');
          await Promise.all(prunings);
          await workspace.contents.prune();
          await expectWhole(workspace, old);
        });
      }
    });
  });
}
