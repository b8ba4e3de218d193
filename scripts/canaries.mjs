// Plants faults and sees the checks find them: a check that cannot fail proves nothing. Exits 0 when all are found.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node, root } from './bootstrap.mjs';

const typescript = [node(), [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']];
const cruiser = [
  join(root, 'node_modules/.bin/depcruise'),
  ['--config', '.dependency-cruiser.mjs', 'packages', 'plugins', 'examples'],
];

const turbo = [join(root, 'node_modules/.bin/turbo'), ['boundaries']];

const CANARIES = {
  types: [
    {
      file: 'packages/core/src/canary.ts',
      text: "export const canary: number = 'not a number';\n",
      check: typescript,
      expect: 'packages/core/src/canary.ts(1,14): error TS2322',
    },
    {
      file: 'packages/sheaf/test/canary.ts',
      text: "import { createSheaf } from 'sheaf';\nconst sheaf = await createSheaf();\nvoid sheaf.workspace('x').map.run({ method: 'guess' });\n",
      check: typescript,
      expect: 'packages/sheaf/test/canary.ts(3,37): error TS2',
    },
    {
      file: 'packages/db/src/repositories/canary.ts',
      text: `declare module './document-repository.ts' {
  interface DocumentRepository {
    readonly ofOthers?: (options: { readonly within: { readonly workspaceId: number } }) => Promise<number>;
  }
}
export type Canary = never;
`,
      check: typescript,
      expect: 'Property \'"data.documents.ofOthers"\' is missing',
    },
    {
      file: 'packages/db/src/repositories/canary.ts',
      text: `declare module './document-repository.ts' {
  interface DocumentRepository {
    readonly ofAnother?: (workspaceId: number) => Promise<number>;
  }
}
export type Canary = never;
`,
      check: typescript,
      expect: 'Property \'"data.documents.ofAnother"\' is missing',
    },
  ],
  boundaries: [
    {
      file: 'packages/core/src/canary.ts',
      text: "export { connect } from '@sheaf/db';\n",
      check: turbo,
      expect: 'cannot import package `@sheaf/db` because it is not a dependency',
    },
    {
      file: 'packages/core/src/canary.ts',
      text: "import type { Connection } from '../../db/src/index.ts';\n\nexport type Canary = Connection<unknown>;\n",
      check: cruiser,
      expect: 'direction: packages/core: packages/core/src/canary.ts',
    },
    {
      file: 'packages/core/src/canary.ts',
      text: "import type { Connection } from '@sheaf/db';\n\nexport type Canary = Connection<unknown>;\n",
      check: cruiser,
      expect: 'resolvable: packages/core/src/canary.ts',
    },
    {
      file: 'packages/core/src/canary.ts',
      text: "import { readFileSync } from 'node:fs';\n\nexport const canary = readFileSync;\n",
      check: cruiser,
      expect: 'core is pure: packages/core/src/canary.ts',
    },
    {
      file: 'packages/db/src/canary.ts',
      text: "import type { SheafClient } from '../../client/src/index.ts';\n\nexport type Canary = SheafClient;\n",
      check: cruiser,
      expect: 'direction: packages/db: packages/db/src/canary.ts',
    },
    {
      file: 'plugins/fetch/src/canary.ts',
      text: "import type { MapPlugin } from '../../map/src/index.ts';\n\nexport type Canary = MapPlugin;\n",
      check: cruiser,
      expect: 'direction: plugins/[^/]+: plugins/fetch/src/canary.ts',
    },
    {
      file: 'packages/web/src/canary.ts',
      text: "import { createScope } from '../../db/src/scope.ts';\n\nexport const canary = createScope;\n",
      check: cruiser,
      expect: 'entries only: packages/web/src/canary.ts',
    },
  ],
};

const kind = process.argv[2] ?? '';
const canaries = CANARIES[kind];
if (!canaries) {
  console.error(`Name a kind of canary: ${Object.keys(CANARIES).join(', ')}.`);
  process.exit(2);
}
for (const { file, text, check, expect } of canaries) {
  const path = join(root, file);
  writeFileSync(path, text, { flag: 'wx' });
  try {
    const { status, stdout, stderr } = spawnSync(check[0], check[1], { cwd: root, encoding: 'utf8' });
    const output = `${stdout}${stderr}`;
    if (status === 0 || !output.includes(expect)) {
      console.error(`${output}\nThe check is blind to the fault planted in ${file}: "${expect}" was expected.`);
      process.exitCode = 1;
    } else {
      console.log(`found in ${file}: ${expect}`);
    }
  } finally {
    rmSync(path);
  }
}
