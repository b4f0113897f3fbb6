import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { getAddress } from 'viem/utils'
import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import type { Address } from '../../util/hex.ts'
import { shellWord } from '../../util/shell-word.ts'
import type { SignerSource } from '../types.ts'
import { decryptKeystore } from './decrypt-keystore.ts'
import { type LocalKey, localKey } from './local-key.ts'
import { type Keystore, parseKeystore } from './parse-keystore.ts'
import type { SignerPorts } from './ports.ts'
import { readSecretFile } from './read-secret-file.ts'

type KeystoreSource = NonNullable<SignerSource['keystore']>

/** Files of wallets have half a kilobyte. */
const LIMIT_BYTES = 64 * 1024

/**
 * The address that a keystore file names, without its password; undefined where it names none. SIDE EFFECTS: reads the
 * file. Rejects with ObolError KEYSTORE or KEYSTORE_COST.
 */
export async function keystoreAddress(source: KeystoreSource, ports: SignerPorts): Promise<Address | undefined> {
  const { address } = await readKeystore(source.file, ports)
  return address === undefined ? undefined : getAddress(`0x${address}`)
}

/**
 * The key in a keystore file. SIDE EFFECTS: reads the file and that of the password; 0.1 to 4 s of work. Rejects with
 * ObolError KEYSTORE, KEYSTORE_COST, PASSWORD_MISSING, PASSWORD_WRONG, SECRET_FILE or, where the file names another
 * address than its key has, WRONG_KEY.
 */
export async function openKeystore(source: KeystoreSource, ports: SignerPorts): Promise<LocalKey> {
  const keystore = await readKeystore(source.file, ports)
  const where = { file: resolve(ports.folder, source.file) }
  const digits = await decryptKeystore(keystore, await passwordOf(source, ports))
  if (digits === undefined) {
    throw new ObolError(SIGNER_ERRORS.PASSWORD_WRONG, { where, details: [`password: ${passwordName(source)}`] })
  }
  const key = localKey(digits)
  if (key === undefined) throw new ObolError(SIGNER_ERRORS.KEYSTORE, { message: 'it holds no private key', where })
  if (keystore.address !== undefined && getAddress(`0x${keystore.address}`) !== key.address) {
    const message = `the keystore says ${getAddress(`0x${keystore.address}`)}, its key is of ${key.address}`
    throw new ObolError(SIGNER_ERRORS.WRONG_KEY, { message, where })
  }
  return key
}

async function readKeystore(path: string, { folder }: SignerPorts): Promise<Keystore> {
  const file = resolve(folder, path)
  const text = await readSmallFile(file)
  if (text.ok) {
    const parsed = parseKeystore(text.text)
    if (parsed.ok) return parsed.keystore
    throw new ObolError(parsed.descriptor, { where: { file }, details: [parsed.problem] })
  }
  const message = `the keystore ${path} cannot be read (${text.problem})`
  throw new ObolError(SIGNER_ERRORS.KEYSTORE, { message, where: { file }, hint: `ls -l ${shellWord(file)}` })
}

async function readSmallFile(
  file: string,
): Promise<{ readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string }> {
  try {
    const facts = await stat(file)
    if (!facts.isFile()) return { ok: false, problem: 'not a regular file' }
    if (facts.size > LIMIT_BYTES) return { ok: false, problem: `${facts.size} bytes` }
    return { ok: true, text: await readFile(file, 'utf8') }
  } catch (cause) {
    return { ok: false, problem: cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable' }
  }
}

/** A line end after the password is an editor's, not a part of it; from the environment it is taken as it is. */
async function passwordOf({ passwordFile }: KeystoreSource, { folder, env }: SignerPorts): Promise<string> {
  if (passwordFile !== undefined) {
    const text = await readSecretFile(folder, passwordFile, SIGNER_ERRORS.SECRET_FILE)
    return text.replace(/\r?\n$/, '')
  }
  const password = env['OBOL_KEYSTORE_PASSWORD']
  if (password === undefined) throw new ObolError(SIGNER_ERRORS.PASSWORD_MISSING)
  return password
}

function passwordName({ passwordFile }: KeystoreSource): string {
  return passwordFile ?? '$OBOL_KEYSTORE_PASSWORD'
}
