import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type ComposeToFolderOptions,
  composeToFolder,
  dataFragment,
  type FragmentText,
  readFragment,
  shippedSchemaFolder,
} from '../src/index.ts';

const data: FragmentText = {
  owner: 'data',
  tables: ['Space'],
  models: '/// @scope deployment\nmodel Space {\n  id Int @id\n}\n',
};
const notes: FragmentText = {
  owner: 'notes',
  tables: ['Note'],
  models:
    '/// @scope deployment\nmodel Note {\n  id Int @id\n  spaceId Int\n  space Space @relation(fields: [spaceId], references: [id])\n}\n',
};

const FILES = [
  'models/data.prisma',
  'models/notes.prisma',
  'sqlite/extras.sql',
  'postgresql/extras.sql',
  'sqlite/models',
  'sqlite/datasource.prisma',
  'postgresql/models',
  'postgresql/datasource.prisma',
];

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sheaf-compose-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function composedFolder(): Promise<ComposeToFolderOptions> {
  const options = { fragments: [data, notes], folder: await emptyFolder() };
  composeToFolder(options);
  return options;
}

/** The files that a check finds to differ. */
function driftOf(options: ComposeToFolderOptions): unknown {
  try {
    composeToFolder({ ...options, check: true });
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'db.schema-drift' });
    return (error as { readonly details: { readonly files: unknown } }).details.files;
  }
}

describe('composing to a folder', () => {
  test('writes a whole Prisma schema for each provider, once', async () => {
    const options = { fragments: [data, notes], folder: await emptyFolder() };
    expect(composeToFolder(options)).toEqual({ changed: FILES, removed: [] });
    expect(composeToFolder(options)).toEqual({ changed: [], removed: [] });
    expect(driftOf(options)).toEqual([]);
    for (const provider of ['sqlite', 'postgresql']) {
      expect(await readlink(join(options.folder, provider, 'models'))).toBe('../models');
      expect(await readdir(join(options.folder, provider, 'models'))).toEqual(['data.prisma', 'notes.prisma']);
      const settings = await readFile(join(options.folder, provider, 'datasource.prisma'), 'utf8');
      expect(settings).toContain(`provider = "${provider}"`);
      expect(settings).toMatch(new RegExp(`output += "\\.\\./generated/${provider}"`));
      expect(settings).toMatch(/previewFeatures += \["partialIndexes"\]/);
    }
  });

  test('a check of an empty folder names every file and writes none', async () => {
    const options = { fragments: [data, notes], folder: await emptyFolder() };
    expect(driftOf(options)).toEqual(FILES);
    expect(await readdir(options.folder)).toEqual([]);
  });

  test.each(['models/notes.prisma', 'sqlite/extras.sql', 'postgresql/extras.sql'])(
    'an edit of %s is found and undone',
    async (path) => {
      const options = await composedFolder();
      const before = await readFile(join(options.folder, path), 'utf8');
      await writeFile(join(options.folder, path), `${before}\n`);
      expect(driftOf(options)).toEqual([path]);
      expect(composeToFolder(options)).toEqual({ changed: [path], removed: [] });
      expect(await readFile(join(options.folder, path), 'utf8')).toBe(before);
    },
  );

  test('a missing file, and the models of an owner that is gone, are found and put right', async () => {
    const options = await composedFolder();
    await rm(join(options.folder, 'models/data.prisma'));
    await writeFile(join(options.folder, 'models/old.prisma'), '');
    expect(driftOf(options)).toEqual(['models/data.prisma', 'models/old.prisma']);
    expect(composeToFolder(options)).toEqual({
      changed: ['models/data.prisma', 'models/old.prisma'],
      removed: ['models/old.prisma'],
    });
    expect(await readdir(join(options.folder, 'models'))).toEqual(['data.prisma', 'notes.prisma']);
  });

  test('a change of a fragment shows in the models of the other owner too', async () => {
    const options = await composedFolder();
    const fragments = [data, { ...notes, models: notes.models.replace('@relation(', '@relation("home", ') }];
    expect(driftOf({ ...options, fragments })).toEqual(['models/data.prisma', 'models/notes.prisma']);
  });

  test('copied models in place of the link are found and replaced by it', async () => {
    const options = await composedFolder();
    const link = join(options.folder, 'sqlite/models');
    await rm(link);
    await writeFile(link, '../models');
    expect(driftOf(options)).toEqual(['sqlite/models']);
    composeToFolder(options);
    expect(await readlink(link)).toBe('../models');
  });

  test('the datasource is the app’s once it is there, and says where its client goes', async () => {
    const folder = await emptyFolder();
    const options = { fragments: [data], folder, clientOutput: (provider: string) => `../../src/${provider}-client` };
    composeToFolder(options);
    const file = join(folder, 'sqlite/datasource.prisma');
    expect(await readFile(file, 'utf8')).toContain('"../../src/sqlite-client"');
    await writeFile(file, '// my own\n');
    expect(composeToFolder(options)).toEqual({ changed: [], removed: [] });
    expect(await readFile(file, 'utf8')).toBe('// my own\n');
  });

  test('fragments that do not fit write nothing', async () => {
    const folder = await emptyFolder();
    expect(() => composeToFolder({ fragments: [data, { ...notes, tables: [] }], folder })).toThrow(
      expect.objectContaining({ code: 'db.invalid-schema' }),
    );
    expect(await readdir(folder)).toEqual([]);
  });
});

test('the committed schema of the core models is composed from their fragment', async () => {
  const fragment = await readFragment({ owner: 'data', schema: dataFragment });
  const folder = await emptyFolder();
  composeToFolder({ fragments: [fragment], folder });
  const alone = await readFile(join(folder, 'models/data.prisma'), 'utf8');
  const committed = await readFile(join(shippedSchemaFolder(), 'models/data.prisma'), 'utf8');
  // Plugins add opposite fields only, and those change the width of a column at the most.
  const linesOf = (text: string): string[] => text.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
  const [composed, kept] = [linesOf(alone), linesOf(committed)];
  expect(composed.filter((line) => !kept.includes(line))).toEqual([]);
  const opposites = kept.filter((line) => !composed.includes(line));
  expect(opposites).toContain(' mapResults MapResult[]');
  for (const line of opposites) expect(line).toMatch(/^ \w+ \w+(\[\]|\?)( @relation\("\w+"\))?$/);
});
