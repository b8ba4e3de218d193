const WHOLE_DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;
/** The engine's own parser reads a date into almost anything that holds a digit. */
const LOOKS_LIKE_DATE = /^\d{4}(-|$)|\d\s*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s*\d/i;
const HAS_TIME_ZONE = /(?:z|[+-]\d{2}:?\d{2}|\b(?:gmt|utc?|[ecmp][sd]t))\s*$/i;

/**
 * A date as sitemaps and feeds write it (W3C, RFC 3339, RFC 822); undefined for anything else and for years that
 * databases do not hold. A time without a zone is UTC, whatever the zone of this machine.
 */
export function readDate(text: string | undefined): Date | undefined {
  const trimmed = text?.trim();
  if (!trimmed || !LOOKS_LIKE_DATE.test(trimmed)) return undefined;
  const needsZone = !WHOLE_DATE.test(trimmed) && !HAS_TIME_ZONE.test(trimmed);
  const date = new Date(needsZone ? `${trimmed}${/^\d{4}-/.test(trimmed) ? 'Z' : ' GMT'}` : trimmed);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date : undefined;
}
