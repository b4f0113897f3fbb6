import { resolve } from 'node:path'
import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import { type LocalKey, localKey } from './local-key.ts'
import type { SignerPorts } from './ports.ts'
import { readSecretFile } from './read-secret-file.ts'

/**
 * The key in a file of mode 0600: 64 hexadecimal digits, with or without `0x`, on one line. SIDE EFFECTS: reads the file.
 * Rejects with ObolError KEY_FILE, never with content.
 */
export async function readKeyFile(path: string, { folder }: SignerPorts): Promise<LocalKey> {
  const text = await readSecretFile(folder, path, SIGNER_ERRORS.KEY_FILE)
  const key = localKey(text.replace(/\r?\n$/, ''))
  if (key !== undefined) return key
  const message = `${path} does not hold a private key: one line of 64 hexadecimal digits, with or without 0x`
  throw new ObolError(SIGNER_ERRORS.KEY_FILE, { message, where: { file: resolve(folder, path) } })
}
