// The package has no types of its own.
declare module 'html-encoding-sniffer' {
  function htmlEncodingSniffer(
    bytes: Uint8Array,
    options?: {
      readonly xml?: boolean;
      readonly transportLayerEncodingLabel?: string;
      readonly defaultEncoding?: string;
      readonly maxPrescanBytes?: number;
    },
  ): string;
  export = htmlEncodingSniffer;
}
