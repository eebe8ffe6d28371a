import { join } from 'node:path';
import { collect, embed, type EmbeddingBlock, type Encoder, type Picture, type Progress } from '@bioscan/core';
import { isBioscanError } from '@bioscan/core';
import { decodePicture } from '@bioscan/vision/node';

/** A photo by its specimen. */
export interface SpecimenPhoto {
  readonly id: string;
  /** Relative to the folder. */
  readonly photo: string;
}

export interface EmbedPhotosOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface EmbeddedPhotos {
  readonly block: EmbeddingBlock;
  readonly setAside: readonly { readonly photo: string; readonly message: string }[];
}

/** Photos decoded at once: sharp has threads of its own. */
const ahead = 8;

/** Vectors of photo files. Photos that cannot be read are set aside. Memory: a batch of photos and all vectors. */
export async function embedPhotos(
  encoder: Encoder<Picture>,
  folder: string,
  photos: readonly SpecimenPhoto[],
  options: EmbedPhotosOptions = {},
): Promise<EmbeddedPhotos> {
  const setAside: { photo: string; message: string }[] = [];
  const total = photos.length;
  const block = await collect(embed(encoder, decoded(), { total, ...options }));
  return { block, setAside };

  async function* decoded(): AsyncGenerator<{ id: string; input: Picture }> {
    for (let first = 0; first < photos.length; first += ahead) {
      const part = photos.slice(first, first + ahead);
      const pictures = await Promise.all(part.map(({ photo }) => open(photo)));
      for (const [i, input] of pictures.entries()) {
        if (input !== undefined) yield { id: (part[i] as SpecimenPhoto).id, input };
      }
    }
  }

  async function open(photo: string): Promise<Picture | undefined> {
    try {
      return await decodePicture(join(folder, photo));
    } catch (error) {
      if (!isBioscanError(error)) throw error;
      setAside.push({ photo, message: error.message });
      return undefined;
    }
  }
}
