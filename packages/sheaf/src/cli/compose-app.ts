import { type ComposeToFolderResult, composeToFolder, readFragment } from '@sheaf/db';
import type { SheafConfig } from '../config/sheaf-config.ts';
import { planSchema } from './plan-plugins.ts';

export interface ComposeAppOptions {
  readonly config: SheafConfig;
  readonly folder: string;
  readonly check?: boolean;
}

/**
 * Composes the models of an app's plugins into its schema folder.
 *
 * @throws `plugin.invalid-graph`, and as `composeToFolder` does.
 */
export async function composeApp({ config, folder, check = false }: ComposeAppOptions): Promise<ComposeToFolderResult> {
  const fragments = await Promise.all(
    planSchema(config).plugins.flatMap(({ id, schema }) => (schema ? [readFragment({ owner: id, schema })] : [])),
  );
  return composeToFolder({ fragments, folder, check });
}
