import { v7 } from 'uuid';

/** Makes primary keys: UUIDv7 text (RFC 9562), monotone within a process, so that ids sort by creation. */
export type CreateId = () => string;

export const createId: CreateId = () => v7();
