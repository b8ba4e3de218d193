/** What `createPdf` writes. */
export interface PdfOptions {
  readonly title: string;
  /** Lines of text, ASCII, in Helvetica from the top of a single A5 page. */
  readonly lines: readonly string[];
}

/** A small, real, uncompressed PDF of one page, the same bytes each time. */
export function createPdf(options: PdfOptions): Uint8Array {
  const text = options.lines.map((line) => `(${escapePdf(line)}) Tj T*`).join('\n');
  const stream = `BT\n/F1 12 Tf\n16 TL\n40 540 Td\n${text}\nET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    `<< /Title (${escapePdf(options.title)}) /Producer (Kettlestitch) >>`,
  ];

  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const startOfTable = file.length;
  // Each entry of the cross-reference table is exactly 20 bytes long, hence the blank before the line end.
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${startOfTable}\n%%EOF\n`;
  return new TextEncoder().encode(file);
}

function escapePdf(text: string): string {
  return text.replace(/[\\()]/g, '\\$&');
}
