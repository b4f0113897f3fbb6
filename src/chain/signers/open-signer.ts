import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import { type Address, isSameAddress } from '../../util/hex.ts'
import type { SignerSource } from '../types.ts'
import { checkSource } from './check-source.ts'
import { checkedSigner } from './checked-signer.ts'
import type { LocalKey } from './local-key.ts'
import { type OpenRemote, openRemote } from './open-remote.ts'
import type { OpenSigner, SignerPorts } from './ports.ts'
import { readKeyFile } from './read-key-file.ts'
import { openKeystore } from './read-keystore.ts'
import { remoteSigner } from './remote-signer.ts'

/**
 * Opens whoever holds the key; close it when done. Keys, passwords and tokens are in closures only: in no property, text
 * or error. SIDE EFFECTS: reads files; for a remote signer one request, and maybe a port-forward. Rejects with ObolError
 * (SIGNER_ERRORS): SOURCE where there is no key or more than one, WRONG_KEY where it is not of `source.address`.
 */
export async function openSigner(source: SignerSource, ports: SignerPorts): Promise<OpenSigner> {
  const { keyFile, keystore, remote, address } = source
  checkSource(source)
  if (keyFile !== undefined) return openLocal(await readKeyFile(keyFile, ports), `key file ${keyFile}`, address)
  if (keystore !== undefined)
    return openLocal(await openKeystore(keystore, ports), `keystore ${keystore.file}`, address)
  if (remote !== undefined) return overWire(await openRemote(remote, address, ports), remote.form ?? 'auto')
  const message = 'spec.signer has no key: it needs keyFile, keystore or remote'
  throw new ObolError(SIGNER_ERRORS.SOURCE, { message })
}

function openLocal(key: LocalKey, description: string, address: Address | undefined): OpenSigner {
  if (address !== undefined && !isSameAddress(key.address, address)) {
    const message = `the ${description} is of ${key.address}, spec.signer.address is ${address}`
    throw new ObolError(SIGNER_ERRORS.WRONG_KEY, { message })
  }
  return { ...checkedSigner(key.address, description, key), close: async () => undefined }
}

function overWire(opened: OpenRemote, form: 'auto' | 'strings' | 'numbers'): OpenSigner {
  const { options, key, address, close } = opened
  return { ...checkedSigner(address, options.description, remoteSigner(options, key, form)), close }
}
