import { startPostgres } from './test/support/postgres-server.ts';
import { createProject } from './test/support/prisma-project.ts';

const provider = process.argv[2] as 'sqlite' | 'postgresql';
const server = provider === 'postgresql' ? await startPostgres() : undefined;
const db = server ? 'exp_main' : '';
const url = server ? server.urlOf(db) : 'file:./dev.db';
const p = createProject({ provider, url });
const t0 = performance.now();
const run = async (...a: string[]) => {
  const t = performance.now();
  const r = await p.prisma(a);
  console.log(`\n##### ${a.join(' ')} -> ${r.exitCode} (${Math.round(performance.now() - t)} ms)\n${r.output}`);
  return r;
};
const model = (extra = '') => `model User {
  id    Int @id
  email String
  name  String?
  goneAt DateTime?
  posts Post[]
${extra}
  @@unique([email], where: { goneAt: null })
  @@index([name], where: { goneAt: null })
}
model Post {
  id Int @id @default(autoincrement())
  title String
  user User @relation(fields: [userId], references: [id], onDelete: Cascade)
  userId Int
  kind Kind @default(a)
}
enum Kind { 
 a
 b
}
`;
try {
  p.write('prisma/models/user.prisma', model());
  p.write(
    'prisma/extras.sql',
    provider === 'sqlite'
      ? `CREATE TRIGGER IF NOT EXISTS t AFTER INSERT ON "User" BEGIN SELECT 1; END;`
      : `CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql; ALTER TABLE "User" ENABLE ROW LEVEL SECURITY;`,
  );
  await run('migrate', 'status');
  await run('migrate', 'dev', '--name', 'init');
  await run('migrate', 'status');
  await run('migrate', 'dev');
  p.write(
    'prisma/models/user.prisma',
    model('  age Int @default(3)\n').replace('name  String?', 'name  String @default("x")'),
  );
  await run('migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma', '--exit-code');
  await run(
    'migrate',
    'diff',
    '--from-migrations',
    'prisma/migrations',
    '--to-schema',
    'prisma',
    '--exit-code',
    '--script',
  );
  await run('migrate', 'dev', '--name', 'Second Change');
  console.log(p.migrations(), p.read('prisma/migrations/' + p.migrations()[0] + '/migration.sql'));
  await run('migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma', '--exit-code');
  await run('migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma', '--exit-code');
  await run('migrate', 'deploy');
  await run('migrate', 'reset', '--force');
  await run('db', 'push');
  p.write('prisma/models/user.prisma', model());
  await run('db', 'push');
  await run('db', 'push', '--accept-data-loss');
  await run('db', 'push');
  await run('db', 'push', '--force-reset');
  await run('db', 'pull', '--print');
  await run('db', 'pull', '--force');
  p.write('x.sql', 'CREATE TABLE foo (id int); INSERT INTO foo VALUES (1);');
  await run('db', 'execute', '--file', 'x.sql');
  await run('migrate', 'resolve', '--applied', p.migrations()[0]!);
  await run('migrate', 'status');
  await run('migrate', 'deploy');
  await run('-v');
} finally {
  await server?.stop();
  console.log(p.directory, Math.round(performance.now() - t0));
  p.remove();
}
