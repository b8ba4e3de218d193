import { InvalidListing, type ListingEntry, type ListingReader, MAX_FIELD_LENGTH } from './listing.ts';

/** Reads a list of addresses, one a line. */
export function createTextListingReader(): ListingReader {
  let rest = '';
  let hasAddress = false;

  const toEntries = (lines: readonly string[]): ListingEntry[] => {
    const hrefs = lines.map((line) => line.trim()).filter((line) => line !== '');
    if (!hasAddress && hrefs[0] !== undefined) {
      if (!/^https?:\/\//i.test(hrefs[0])) throw new InvalidListing('it is neither XML nor a list of addresses');
      hasAddress = true;
    }
    return hrefs.map((href) => ({ kind: 'page', href }));
  };
  return {
    read(text) {
      const lines = (rest + text).split(/\r\n|\r|\n/);
      // Of a line without end, what makes it too long for an address is enough.
      rest = (lines.pop() ?? '').slice(0, MAX_FIELD_LENGTH);
      return toEntries(lines);
    },
    end() {
      const entries = toEntries([rest]);
      if (!hasAddress) throw new InvalidListing('it is empty');
      return entries;
    },
  };
}
