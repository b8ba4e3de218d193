/** A format that is known by its first bytes. */
export interface Signature {
  readonly mimeType: string;
  /** The bytes in Latin-1. */
  readonly bytes: string;
  /** Where they stand; default 0. */
  readonly offset?: number;
}

/** What is met on the web under a wrong name. The order matters where one signature begins like another. */
export const SIGNATURES: readonly Signature[] = [
  { mimeType: 'application/pdf', bytes: '%PDF-' },
  { mimeType: 'image/png', bytes: '\x89PNG\r\n\x1a\n' },
  { mimeType: 'image/jpeg', bytes: '\xff\xd8\xff' },
  { mimeType: 'image/gif', bytes: 'GIF87a' },
  { mimeType: 'image/gif', bytes: 'GIF89a' },
  { mimeType: 'image/webp', bytes: 'WEBPVP', offset: 8 },
  { mimeType: 'image/avif', bytes: 'ftypavif', offset: 4 },
  { mimeType: 'image/bmp', bytes: 'BM' },
  { mimeType: 'image/x-icon', bytes: '\x00\x00\x01\x00' },
  { mimeType: 'image/tiff', bytes: 'II*\x00' },
  { mimeType: 'image/tiff', bytes: 'MM\x00*' },
  { mimeType: 'application/zip', bytes: 'PK\x03\x04' },
  { mimeType: 'application/zip', bytes: 'PK\x05\x06' },
  { mimeType: 'application/gzip', bytes: '\x1f\x8b' },
  { mimeType: 'application/x-bzip2', bytes: 'BZh' },
  { mimeType: 'application/x-xz', bytes: '\xfd7zXZ\x00' },
  { mimeType: 'application/zstd', bytes: '\x28\xb5\x2f\xfd' },
  { mimeType: 'application/x-7z-compressed', bytes: '7z\xbc\xaf\x27\x1c' },
  { mimeType: 'application/vnd.rar', bytes: 'Rar!\x1a\x07' },
  { mimeType: 'application/x-elf', bytes: '\x7fELF' },
  { mimeType: 'application/x-msdownload', bytes: 'MZ' },
  { mimeType: 'application/wasm', bytes: '\x00asm' },
  { mimeType: 'application/x-ole-storage', bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' },
  { mimeType: 'application/vnd.sqlite3', bytes: 'SQLite format 3\x00' },
  { mimeType: 'audio/mpeg', bytes: 'ID3' },
  { mimeType: 'audio/ogg', bytes: 'OggS' },
  { mimeType: 'audio/flac', bytes: 'fLaC' },
  { mimeType: 'audio/wav', bytes: 'WAVE', offset: 8 },
  { mimeType: 'video/mp4', bytes: 'ftyp', offset: 4 },
  { mimeType: 'video/webm', bytes: '\x1a\x45\xdf\xa3' },
  { mimeType: 'font/woff', bytes: 'wOFF' },
  { mimeType: 'font/woff2', bytes: 'wOF2' },
];
