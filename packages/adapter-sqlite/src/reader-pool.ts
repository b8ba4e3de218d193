import type { Connection } from './connection.ts';

/** Connections that read, opened when they are first needed. */
export interface ReaderPool {
  /** The connection that serves single statements. */
  shared(): Connection;
  /** A connection for one stream alone. */
  acquire(): Connection;
  release(connection: Connection): void;
  close(): void;
  readonly openStreams: number;
  /** Of the shared connection. */
  readonly cachedStatements: number;
}

/** How to open a connection and how many to keep. */
export interface ReaderPoolOptions {
  readonly open: () => Connection;
  /** The shared one included, at least 1. */
  readonly size: number;
}

export function createReaderPool({ open, size }: ReaderPoolOptions): ReaderPool {
  let shared: Connection | undefined;
  const idle: Connection[] = [];
  const streaming = new Set<Connection>();
  let isClosed = false;
  return {
    shared: () => (shared ??= open()),
    acquire() {
      const connection = idle.pop() ?? open();
      streaming.add(connection);
      return connection;
    },
    release(connection) {
      streaming.delete(connection);
      if (!isClosed && idle.length < size - 1) idle.push(connection);
      else connection.close();
    },
    close() {
      // A streaming connection cannot close under its statement: its stream does when it is next asked for a row.
      isClosed = true;
      for (const connection of idle) connection.close();
      shared?.close();
    },
    get openStreams() {
      return streaming.size;
    },
    get cachedStatements() {
      return shared?.cachedStatements ?? 0;
    },
  };
}
