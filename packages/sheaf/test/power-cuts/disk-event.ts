/** What a program does to the disk. Paths are absolute. */
export type DiskChange =
  /** A file is opened so that it is made where it is not there. */
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  /** Of a file or a folder. */
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'make-folder'; readonly path: string }
  /** Of a file or an empty folder. */
  | { readonly kind: 'remove'; readonly path: string };

/** What a program did, or what it wrote to its standard output. */
export type DiskEvent = Moment & (DiskChange | { readonly kind: 'say'; readonly text: string });

/** Numbers that order events: a sync covers what had ended when it began, and holds once it has ended. */
export interface Moment {
  readonly began: number;
  readonly ended: number;
}
