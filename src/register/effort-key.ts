import type { ChainOp, IdentityTarget } from '../plan/chain.ts'

/** Names a step on a chain in the journal; see `OfEffort`. */
export function effortKey(
  target: Pick<IdentityTarget, 'chainId' | 'registry' | 'owner'>,
  op: ChainOp,
  metadataKey?: string,
): string {
  const of = `${ownerKey(target)}/${op}`
  return metadataKey === undefined ? of : `${of}/${metadataKey}`
}

/** Everything of one owner in one registry; one nonce orders all of it. */
export function ownerKey({ chainId, registry, owner }: Pick<IdentityTarget, 'chainId' | 'registry' | 'owner'>): string {
  return `${chainId}/${registry}/${owner}`.toLowerCase()
}

/** The metadata key in an effort's key; undefined for other ops. */
export function metadataKeyOf(key: string): string | undefined {
  const [, , , op, ...rest] = key.split('/')
  return op === 'set-metadata' ? rest.join('/') : undefined
}
