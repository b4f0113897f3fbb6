import { resolve } from 'node:path'
import { getAddress, isAddress } from 'viem/utils'
import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import type { Address } from '../../util/hex.ts'
import type { SignerSource } from '../types.ts'
import { checkSource } from './check-source.ts'
import { openRemote } from './open-remote.ts'
import type { SignerPorts } from './ports.ts'
import { readKeyFile } from './read-key-file.ts'
import { keystoreAddress } from './read-keystore.ts'

/**
 * Whose transactions a plan is about, with as little as possible: what the source says, else the address field of the
 * keystore (no password is needed; it is checked on opening), else the key file's, else the first key of the remote
 * signer. Undefined where no signer is configured. SIDE EFFECTS: as `openSigner`, and nothing stays open. Rejects with
 * ObolError (SIGNER_ERRORS).
 */
export async function signerAddress(source: SignerSource, ports: SignerPorts): Promise<Address | undefined> {
  const { address, keyFile, keystore, remote } = source
  checkSource(source)
  if (address !== undefined) return checksummed(address)
  if (keyFile !== undefined) return (await readKeyFile(keyFile, ports)).address
  if (keystore !== undefined) return (await keystoreAddress(keystore, ports)) ?? refuseNameless(keystore.file, ports)
  if (remote === undefined) return undefined
  const opened = await openRemote(remote, undefined, ports)
  await opened.close()
  return opened.address
}

function checksummed(address: Address): Address {
  // In lower case the letters carry no checksum that could be wrong; whether they do is the workspace file's matter.
  if (isAddress(address.toLowerCase())) return getAddress(address.toLowerCase())
  throw new ObolError(SIGNER_ERRORS.SOURCE, { message: 'spec.signer.address is not an address' })
}

function refuseNameless(path: string, { folder }: SignerPorts): never {
  const message = `the keystore ${path} does not say its address: set spec.signer.address, which a plan needs`
  throw new ObolError(SIGNER_ERRORS.KEYSTORE, { message, where: { file: resolve(folder, path) } })
}
