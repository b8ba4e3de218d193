import type { Workspace } from '@sheaf/engine';
import type { FirstPartyPlugins } from 'sheaf';
import { expectTypeOf, it } from 'vitest';
import type { NamingWorkspaces, RepositoryMethods, TakingNumbers } from './workspace-ids.ts';

// The bodies of these tests are checked by the compiler alone.

type Methods = RepositoryMethods<Workspace<FirstPartyPlugins>>;

it('no method of a repository takes a workspace in any of its options', () => {
  // Whichever does is told by the compiler to be missing here.
  const naming: Readonly<Record<NamingWorkspaces<Methods>, never>> = {};
  void naming;
});

it('no method of a repository takes a bare number that could be a workspace', () => {
  const numbers: Readonly<Record<TakingNumbers<Methods>, string>> = {
    'data.documents.restore': 'the version',
    'data.frontier.take': 'how many',
    'data.runs.renew': 'milliseconds',
    'data.steps.renew': 'milliseconds',
  };
  void numbers;
});

it('a workspace is found wherever a method takes it', () => {
  interface Leaky {
    bare(id: string, workspaceId: number): void;
    inOptions(options?: { readonly workspaceId?: number }): void;
    inList(rows: readonly { readonly id: string; readonly workspaceId: number }[]): void;
    deeper(query: { readonly filter: { readonly of?: { readonly workspace_id: number } } | null }): void;
    untyped(options: { readonly filter: unknown; readonly more: unknown[] }): void;
    ofAnyType(options: ReturnType<typeof JSON.parse>): void;
    mayBeMissing?: (options: { readonly workspace: string }) => void;
    sound(ids: readonly string[], options: { readonly at: Date; readonly keep?: number }): void;
  }
  expectTypeOf<NamingWorkspaces<Leaky>>().toEqualTypeOf<
    'inOptions' | 'inList' | 'deeper' | 'ofAnyType' | 'mayBeMissing'
  >();
  expectTypeOf<TakingNumbers<Leaky>>().toEqualTypeOf<'bare' | 'ofAnyType'>();
});
