const ISO_DATE = /^\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?$/i;
/** The dates of HTTP and mail, which name their zone. */
const RFC_DATE = /^(?:[a-z]{3,9},? )?\d{1,2} [a-z]{3,9} \d{4} \d{2}:\d{2}(?::\d{2})? (?:gmt|utc|z|[+-]\d{4})$/i;

/**
 * A date as ISO 8601: as it is where it is written so, converted where its zone is known. Other spellings are
 * ambiguous (`02/03/2024`), and give undefined.
 */
export function isoDate(text: string): string | undefined {
  const trimmed = text.trim();
  if (ISO_DATE.test(trimmed)) return Number.isNaN(Date.parse(trimmed.slice(0, 10))) ? undefined : trimmed;
  if (!RFC_DATE.test(trimmed)) return undefined;
  const time = Date.parse(trimmed);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** A PDF's date (`D:20250106093000+01'00'`) as ISO 8601, as precise as it is. */
export function pdfDate(text: string): string | undefined {
  const [, year, month, day, hour, minute, second, zone] =
    /^(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(Z|[+-]\d{2}'?\d{2})?/.exec(text.trim()) ?? [];
  if (!year) return undefined;
  if (!month || !day) return isoDate(month ? `${year}-${month}` : year);
  const date = `${year}-${month}-${day}`;
  if (!hour || !minute) return isoDate(date);
  const offset = zone === undefined || zone === 'Z' ? (zone ?? '') : zone.replace(/'?(\d{2})$/, ':$1');
  return isoDate(`${date}T${hour}:${minute}:${second ?? '00'}${offset}`);
}
