import type { Clock } from '@sheaf/core';
import { type Connection, type DataRepositories, type DataScope, type DataService, sql } from '@sheaf/db';
import { createFrontierRepository } from '../../db/src/repositories/frontier-repository.ts';
import { createHostGateRepository } from '../../db/src/repositories/host-gate-repository.ts';
import { createRunRepository } from '../../db/src/repositories/run-repository.ts';
import { createStepRepository } from '../../db/src/repositories/step-repository.ts';
import { createWorkerRepository } from '../../db/src/repositories/worker-repository.ts';

export function interimData(connection: Connection<any>, clock: Clock) {
  return {
    async ensure(slug: string) {
      await connection.sql.execute(
        sql`INSERT INTO workspaces (slug, name, created_at) VALUES (${slug}, ${slug}, ${clock.now()}) ON CONFLICT (slug) DO NOTHING`,
      );
      return connection.sql.one<{ id: number }>(sql`SELECT id FROM workspaces WHERE slug = ${slug}`);
    },
    service: {
      workers: createWorkerRepository({ session: connection, clock }),
      hostGates: createHostGateRepository(connection.sql),
    } as unknown as DataService,
    repositories: (scope: DataScope) =>
      ({
        runs: createRunRepository(scope),
        steps: createStepRepository(scope),
        frontier: createFrontierRepository(scope),
      }) as DataRepositories,
  };
}
