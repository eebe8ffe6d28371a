import { readFile } from 'node:fs/promises';
import type { Metadata, Sharp, OutputInfo } from 'sharp';
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
  checkFormat(file, bytes);
  // libvips holds the header against the limit before it decodes.
  const decode = (): Promise<{ readonly data: Buffer; readonly info: OutputInfo }> =>
    sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels })
      .autoOrient()
      .flatten({ background: { r: red, g: green, b: blue } })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  try {
    const { data, info } = await withReason(decode);
    return { width: info.width, height: info.height, data: rgbOf(file, data, info.channels) };
  } catch (error) {
    if (isBioscanError(error)) throw error;
    await checkPixels(sharp(bytes, { limitInputPixels: false }), file, maxPixels);
    throw decodingError(file, error);
  }
}

/**
 * libvips keeps one list of reasons for all threads: two photos that fail at once may leave one of them with "Unknown error" (about one in five).
 * Asked again, it says why.
 */
async function withReason<T>(decode: () => Promise<T>, tries = 8): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (tries > 1 && error instanceof Error && error.message === 'Unknown error') return withReason(decode, tries - 1);
    throw error;
  }
}

/** First bytes of what photos come as: JPEG, PNG, GIF, TIFF, WebP, JPEG XL, and containers with `ftyp` (AVIF, HEIC). Others are refused unopened. */
const signature =
  /^(?:\xff\xd8\xff|\x89PNG|GIF8|II\*\0|MM\0\*|II\+\0|MM\0\+|RIFF.{4}WEBP|\xff\n|\0{3}.(?:ftyp|JXL ))/su;

function checkFormat(file: string, bytes: Uint8Array): void {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  if (signature.test(start)) return;
  throw new BioscanError(
    'bad-file',
    `vision: ${file} does not begin as an image file does, expected a JPEG, PNG or other photo`,
    { file },
  );
}

async function checkPixels(image: Sharp, file: string, maxPixels: number): Promise<void> {
  const header: Partial<Metadata> = await image.metadata().catch(() => ({}));
  const { width = 0, height = 0 } = header;
  if (width * height <= maxPixels) return;
  const megapixels = (width * height) / 1e6;
  throw new BioscanError(
    'unsupported',
    `vision: ${file}, got ${width} x ${height} = ${megapixels.toFixed(1)} megapixels, expected at most ${maxPixels / 1e6}; raise maxPixels if it is a real photo`,
    { file, pixels: width * height },
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
