import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { photograph } from '../render/photograph.js';
import type { PhotoJob, PhotoMeasure } from './photo-job.js';

/** Renders a photo and writes it as JPEG in each of its sizes. A file is complete or not there. */
export async function takePhoto({ processId, morphology, individual, scene, files }: PhotoJob): Promise<PhotoMeasure> {
  const [largest] = files;
  if (largest === undefined) throw new RangeError(`sim: photo of ${processId} without a file`);
  const { picture, box, maskPixels } = photograph(morphology, individual, scene, largest);
  const { width, height } = picture;
  for (const file of files) {
    const image = sharp(picture.data, { raw: { width, height, channels: 3 } });
    const sized = file.width === width ? image : image.resize(file.width, file.height, { kernel: 'lanczos3' });
    const bytes = await sized.jpeg({ quality: scene.session.jpegQuality }).toBuffer();
    await mkdir(dirname(file.path), { recursive: true });
    await writeFile(`${file.path}.tmp`, bytes);
    await rename(`${file.path}.tmp`, file.path);
  }
  return { processId, width, height, box, maskPixels };
}
