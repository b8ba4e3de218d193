import type { Operation } from './observe-writes.ts';
import { statementKind } from './statement-kind.ts';

/** Names the points of a process's write paths. */
export interface PointNames {
  /**
   * A write is one point. A commit is one for each write in its transaction: the first transaction with that write is
   * the one that is meant. What only reads is none.
   */
  of(operation: Operation): readonly string[];
  /** To be told of each operation that has succeeded: a commit is named by what came before it. */
  pass(operation: Operation): void;
}

export function createPointNames(): PointNames {
  /** The writes of the transactions that are open. */
  const open = new WeakMap<object, Set<string>>();
  return {
    of(operation) {
      if (operation.type === 'file') return [operation.label];
      const { effect, label } = statementKind(operation.text);
      if (effect === 'write') return [label];
      if (effect !== 'commit') return [];
      return [...(open.get(operation.connection) ?? [])].map((write) => `commit of ${write}`);
    },
    pass(operation) {
      if (operation.type === 'file') return;
      const { connection, text } = operation;
      const { effect, label } = statementKind(text);
      if (effect === 'begin') open.set(connection, new Set());
      if (effect === 'write') open.get(connection)?.add(label);
      if (effect === 'commit' || effect === 'rollback') open.delete(connection);
    },
  };
}
