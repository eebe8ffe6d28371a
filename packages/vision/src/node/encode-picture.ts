import type { Picture } from '@bioscan/core';
import { checkPicture } from '../pixels/check-picture.js';
import { loadSharp } from '../worker/load-sharp.js';

export interface EncodeOptions {
  /** Default: `jpeg`. */
  readonly format?: 'jpeg' | 'png';
  /** Of a JPEG, 1 to 100. Default: 90. */
  readonly quality?: number;
}

/** A picture as an image file, without metadata. PNG keeps every level; JPEG does not subsample colour. */
export async function encodePicture(picture: Picture, options: EncodeOptions = {}): Promise<Uint8Array> {
  const { format = 'jpeg', quality = 90 } = options;
  checkPicture(picture);
  const sharp = await loadSharp();
  const { width, height, data } = picture;
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  const encoded = format === 'png' ? image.png() : image.jpeg({ quality, chromaSubsampling: '4:4:4' });
  const bytes = await encoded.toBuffer();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
