import { answer } from '../harness/child.ts';
import { type Measurement, measure } from '../harness/measure.ts';
import { mappedUrls } from './mapped-url.ts';
import type { OpenRegistrar, RegistrarTarget } from './registrar.ts';

// A contender of `register`, in a process of its own.

const CONTENDERS = {
  sheaf: async () => (await import('./contenders/sheaf.ts')).openSheaf,
  hand: async () => (await import('./contenders/hand-sqlite.ts')).openHandSqlite,
  'hand-postgresql': async () => (await import('./contenders/hand-postgresql.ts')).openHandPostgresql,
  drizzle: async () => (await import('./contenders/drizzle.ts')).openDrizzle,
  prisma: async () => (await import('./contenders/prisma.ts')).openPrisma,
} as const satisfies Readonly<Record<string, () => Promise<OpenRegistrar>>>;

export type RegisterContender = keyof typeof CONTENDERS;

export interface RegisterInput extends RegistrarTarget {
  readonly contender: RegisterContender;
  readonly count: number;
  readonly batchSize: number;
}

await answer<RegisterInput>(async ({ contender, count, batchSize, ...target }): Promise<Measurement> => {
  const open = await CONTENDERS[contender]();
  const registrar = await open(target);
  try {
    return await measure(async () => {
      for (const batch of mappedUrls(count, batchSize)) await registrar.register(batch);
    });
  } finally {
    await registrar.close();
  }
});
