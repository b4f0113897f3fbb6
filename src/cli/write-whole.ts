import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'

/**
 * Puts a file into its place whole or not at all; missing folders are made. Throws OBOL-U011. SIDE EFFECTS: writes the file,
 * by a draft beside it that is gone afterwards.
 * @param what is said of it in the error: `the snapshot could not be written`
 */
export async function writeWhole(file: string, content: string | Uint8Array, what: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(draft, content, { flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new ObolError(USAGE_ERRORS.NOT_WRITABLE, { message: `${what} (${reason})`, where: { file } })
  }
}
