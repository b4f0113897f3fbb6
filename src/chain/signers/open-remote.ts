import { getAddress } from 'viem/utils'
import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import { type Address, isSameAddress } from '../../util/hex.ts'
import type { SignerSource } from '../types.ts'
import type { Forward, SignerPorts } from './ports.ts'
import { readSecretFile } from './read-secret-file.ts'
import type { RemoteOptions } from './remote-requests.ts'
import { remoteKeys } from './remote-signer.ts'
import { remoteUrl, serviceName } from './remote-url.ts'

type RemoteSource = NonNullable<SignerSource['remote']>

const TIMEOUT_MS = 30_000
/** Where the stack's remote signer listens. */
const SERVICE_PORT = 9000

/** A remote signer that answered, and the key of it that is meant. */
export type OpenRemote = {
  readonly options: RemoteOptions
  readonly address: Address
  /** As the signer writes it. */
  readonly key: string
  close(): Promise<void>
}

/**
 * Connects to a remote signer and chooses the key: the one of `address`, else the first. SIDE EFFECTS: reads the token's
 * file, may open a port-forward, one request. Rejects with ObolError (SIGNER_ERRORS), and then nothing stays open.
 */
export async function openRemote(
  source: RemoteSource,
  address: Address | undefined,
  ports: SignerPorts,
): Promise<OpenRemote> {
  const token = await tokenOf(source, ports)
  const { base, description, forward } = await reach(source, ports)
  const options: RemoteOptions = {
    ...{ description, base, token, fetch: ports.fetch ?? globalThis.fetch, timeoutMs: ports.timeoutMs ?? TIMEOUT_MS },
    ...(forward?.failure === undefined ? {} : { failure: forward.failure }),
  }
  const close = async (): Promise<void> => forward?.close()
  try {
    const key = chooseKey(await remoteKeys(options), address, description)
    return { options, address: getAddress(hexOf(key)), key, close }
  } catch (error) {
    await close()
    throw error
  }
}

function chooseKey(keys: readonly string[], address: Address | undefined, description: string): string {
  const key = address === undefined ? keys[0] : keys.find((held) => isSameAddress(hexOf(held), address))
  if (key !== undefined) return key
  const message =
    address === undefined ? `the ${description} holds no key` : `the ${description} does not hold the key of ${address}`
  const details = keys.length === 0 ? [] : [`it holds: ${keys.slice(0, 10).map(hexOf).join(', ')}`]
  throw new ObolError(SIGNER_ERRORS.KEY_NOT_HELD, { message, details })
}

function hexOf(key: string): Address {
  return `0x${key.replace(/^0x/, '').toLowerCase()}`
}

async function reach(
  { url, service, port = SERVICE_PORT }: RemoteSource,
  ports: SignerPorts,
): Promise<{ readonly base: string; readonly description: string; readonly forward?: Forward }> {
  if ((url === undefined) === (service === undefined)) {
    throw new ObolError(SIGNER_ERRORS.REMOTE_URL, { message: 'spec.signer.remote needs either url or service' })
  }
  if (url !== undefined) {
    const base = remoteUrl(url)
    return { base, description: `remote signer ${base}` }
  }
  const name = serviceName(service ?? '')
  if (ports.forward === undefined) {
    const message = `the Service ${service} can only be reached through a cluster, and there is none here`
    throw new ObolError(SIGNER_ERRORS.REMOTE_URL, { message })
  }
  const forward = await ports.forward({ ...name, port })
  return { base: remoteUrl(forward.url), description: `remote signer ${service}:${port}`, forward }
}

/** The file wins: it is what the workspace says. A token must fit into a header, so it is one word of printable ASCII. */
async function tokenOf({ tokenFile }: RemoteSource, { folder, env }: SignerPorts): Promise<string | undefined> {
  const fromEnv = env['REMOTE_SIGNER_TOKEN']
  const text = tokenFile === undefined ? fromEnv : await readSecretFile(folder, tokenFile, SIGNER_ERRORS.SECRET_FILE)
  if (text === undefined || (tokenFile === undefined && text === '')) return undefined
  const token = text.trim()
  if (/^[\x21-\x7e]+$/.test(token)) return token
  const message = `${tokenFile ?? '$REMOTE_SIGNER_TOKEN'} does not hold a token: one word`
  throw new ObolError(SIGNER_ERRORS.SECRET_FILE, { message })
}
