import type { Picture } from '@bioscan/core';
import sharp from 'sharp';

export interface ContactSheetOptions {
  readonly columns?: number;
  /** Width of one cell in pixels; its height follows the first picture. */
  readonly cellWidth?: number;
}

const gap = 4;
const captionHeight = 16;

/** Lays pictures out in rows, captions below them where given. @returns a PNG */
export async function contactSheet(
  pictures: readonly Picture[],
  captions: readonly string[] = [],
  { columns = 8, cellWidth = 240 }: ContactSheetOptions = {},
): Promise<Uint8Array> {
  const first = pictures[0];
  if (first === undefined) throw new RangeError('sim: a contact sheet of no pictures');
  const cellHeight = Math.round((cellWidth * first.height) / first.width);
  const rowHeight = cellHeight + gap + (captions.length > 0 ? captionHeight : 0);
  const cells = await Promise.all(
    pictures.map(async (picture, i) => ({
      input: await thumbnail(picture, cellWidth, cellHeight),
      left: gap + (i % columns) * (cellWidth + gap),
      top: gap + Math.floor(i / columns) * rowHeight,
    })),
  );
  const width = gap + Math.min(columns, pictures.length) * (cellWidth + gap);
  const height = gap + Math.ceil(pictures.length / columns) * rowHeight;
  const overlay =
    captions.length === 0
      ? []
      : [
          {
            input: captionLayer(captions, { columns, cellWidth, cellHeight, rowHeight, width, height }),
            left: 0,
            top: 0,
          },
        ];
  const sheet = sharp({ create: { width, height, channels: 3, background: '#3c3c3c' } }).composite([
    ...cells,
    ...overlay,
  ]);
  return sheet.png({ palette: true, effort: 7 }).toBuffer();
}

async function thumbnail({ data, width, height }: Picture, cellWidth: number, cellHeight: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(cellWidth, cellHeight)
    .png()
    .toBuffer();
}

interface Grid {
  readonly columns: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly rowHeight: number;
  readonly width: number;
  readonly height: number;
}

function captionLayer(
  captions: readonly string[],
  { columns, cellWidth, cellHeight, rowHeight, width, height }: Grid,
): Buffer {
  const lines = captions.map((caption, i) => {
    const x = gap + (i % columns) * (cellWidth + gap) + 3;
    const y = gap + Math.floor(i / columns) * rowHeight + cellHeight + 12;
    return `<text x="${x}" y="${y}">${escaped(caption)}</text>`;
  });
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g font-family="sans-serif" font-size="11" fill="#ddd">${lines.join('')}</g></svg>`,
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
