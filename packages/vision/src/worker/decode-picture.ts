import { readFile } from 'node:fs/promises';
import { BioscanError, isBioscanError, type Picture } from '@bioscan/core';
import type { Colour } from '../pixels/rotate-picture.js';
import { loadSharp } from './load-sharp.js';

export interface DecodeOptions {
  /** Width times height that is still decoded; read from the header, before memory is taken. Default: 50 million. */
  readonly maxPixels?: number;
  /** What shows through transparent pixels. Default: white. */
  readonly background?: Colour;
  /** What messages call bytes that have no path. */
  readonly name?: string;
}

/** What photos come as; anything else that libvips could open is refused. */
const formats: readonly string[] = ['jpeg', 'png', 'webp', 'tiff', 'gif', 'heif', 'jp2k', 'jxl'];

/**
 * A picture from an image file (path or bytes): turned upright by its EXIF orientation; grey, CMYK, 16-bit and animated files (first frame)
 * become 8-bit sRGB; transparency is laid over `background`; an embedded colour profile is applied.
 * @throws BioscanError naming the file: `not-found`; `truncated` (cut off, empty); `unsupported` (over `maxPixels`); `bad-file` (not an image)
 */
export async function decodePicture(source: string | Uint8Array, options: DecodeOptions = {}): Promise<Picture> {
  const { maxPixels = 50e6, background = [255, 255, 255] } = options;
  const file = options.name ?? (typeof source === 'string' ? source : '<bytes>');
  const bytes = typeof source === 'string' ? await readBytes(source) : source;
  if (bytes.length === 0)
    throw new BioscanError('truncated', `vision: ${file} is empty, expected an image file`, { file });
  const sharp = await loadSharp();
  const [red, green, blue] = background;
  try {
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: false, sequentialRead: true });
    checkHeader(file, await image.metadata(), maxPixels);
    const { data, info } = await image
      .autoOrient()
      .flatten({ background: { r: red, g: green, b: blue } })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: rgbOf(file, data, info.channels) };
  } catch (error) {
    throw isBioscanError(error) ? error : decodingError(file, error);
  }
}

function checkHeader(
  file: string,
  { format, width, height }: { readonly format?: string; readonly width?: number; readonly height?: number },
  maxPixels: number,
): void {
  if (format === undefined || !formats.includes(format)) {
    throw new BioscanError('bad-file', `vision: ${file}, got ${format ?? 'an unknown format'}, expected a photo`, {
      file,
    });
  }
  const pixels = (width ?? 0) * (height ?? 0);
  if (pixels <= maxPixels) return;
  throw new BioscanError(
    'unsupported',
    `vision: ${file}, got ${width ?? 0} x ${height ?? 0} = ${(pixels / 1e6).toFixed(1)} megapixels, expected at most ${maxPixels / 1e6}; raise maxPixels if it is a real photo`,
    { file, pixels },
  );
}

function rgbOf(file: string, data: Uint8Array, channels: number): Uint8Array {
  // A view that does not know of Node's Buffer, whose slices share memory.
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new BioscanError('unsupported', `vision: ${file}, got ${channels} channels after conversion, expected 3`, {
    file,
  });
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new BioscanError('not-found', `vision: ${path} does not exist; check the path`, { file: path }, { cause });
    }
    throw new BioscanError('bad-file', `vision: ${path} could not be read: ${message}`, { file: path }, { cause });
  }
}

function decodingError(file: string, cause: unknown): BioscanError {
  const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  if (/premature|truncated|unexpected end|end of (?:file|stream)|not enough|read error|corrupt/iu.test(why)) {
    return new BioscanError('truncated', `vision: ${file} is cut off or damaged: ${why}`, { file }, { cause });
  }
  return new BioscanError('bad-file', `vision: ${file} is not an image that can be read: ${why}`, { file }, { cause });
}
