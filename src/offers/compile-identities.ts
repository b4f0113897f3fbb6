import { getAddress } from 'viem/utils'
import { OFFER_ERRORS } from '../errors/offers.ts'
import { resolveNetwork } from '../networks/resolve-network.ts'
import type { Network } from '../networks/table.ts'
import type { Desired, DesiredObject } from '../plan/desired.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject, jsonAt } from '../util/json.ts'
import type { Finding } from './finding.ts'
import { reportInto } from './finding.ts'
import type { Locate } from './locate.ts'
import { isRegistrationEnabled } from './should-register.ts'
import type { Path, SourceDocument } from './source.ts'

type DesiredIdentity = Desired['identities'][number]
type Address = DesiredIdentity['registry']

/** A ServiceOffer that will exist, with the document it came from: an Offer, or itself. */
export type SoldObject = { readonly object: DesiredObject; readonly source: SourceDocument }

type IdentityOptions = {
  readonly locate: Locate
  /** What the workspace says of chains, by the name of the table. */
  readonly confirmations?: ReadonlyMap<string, { readonly confirmations?: number }>
}

/**
 * The on-chain identities that ServiceOffers ask for: one per chain, for all whose registration is enabled there, in the
 * order of their first offer. Draining offers count as well: an identity is not given up. Findings: two offers of one
 * chain that name different wallets or different values of one metadata key; the first of them wins. Pure.
 */
export function compileIdentities(
  sold: readonly SoldObject[],
  options: IdentityOptions,
  findings: Finding[],
): readonly DesiredIdentity[] {
  const groups = new Map<Network, Wish[]>()
  for (const each of sold) {
    const wish = wishOf(each)
    if (wish === undefined) continue
    const group = groups.get(wish.network)
    if (group === undefined) groups.set(wish.network, [wish])
    else group.push(wish)
  }
  return [...groups].flatMap(([network, wishes]) => compileIdentity(network, wishes, options, findings))
}

/** What one offer wants of the identity. */
type Wish = {
  readonly network: Network
  /** `namespace/name` */
  readonly offer: string
  readonly payTo: Address
  readonly wallet: Address | undefined
  readonly metadata: JsonObject
  readonly source: SourceDocument
}

const REGISTRATION: Path = ['spec', 'registration']

function wishOf({ object, source }: SoldObject): Wish | undefined {
  const { manifest, ref } = object
  const spec = manifest['spec']
  if (!isJsonObject(spec) || !isRegistrationEnabled(spec)) return undefined
  const name = jsonAt(spec, ['payment', 'network'])
  const network = typeof name === 'string' ? resolveNetwork(name) : undefined
  const payTo = addressOf(jsonAt(spec, ['payment', 'payTo']))
  if (network === undefined || payTo === undefined) return undefined
  const metadata = jsonAt(spec, ['registration', 'metadata'])
  return {
    network,
    offer: ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`,
    payTo,
    // Not a field of the ServiceOffer, so only the document has it.
    wallet: addressOf(jsonAt(source.value, [...REGISTRATION, 'wallet'])),
    metadata: isJsonObject(metadata) ? metadata : {},
    source,
  }
}

/** viem refuses a wrong checksum; validation had its say about that already. */
function addressOf(value: unknown): Address | undefined {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value) ? getAddress(value.toLowerCase()) : undefined
}

function compileIdentity(
  network: Network,
  wishes: readonly Wish[],
  { locate, confirmations }: IdentityOptions,
  findings: Finding[],
): readonly DesiredIdentity[] {
  const { name, chainId, identityRegistry, explorer, coin } = network
  const [first] = wishes
  // Validation refuses registration on a chain without a registry.
  if (first === undefined || identityRegistry === undefined) return []
  const wallet = mergeWallets(wishes, locate, findings)
  return [
    {
      network: name,
      chainId,
      registry: identityRegistry,
      confirmations: confirmations?.get(name)?.confirmations ?? network.confirmations,
      ...(explorer === undefined ? {} : { explorer }),
      coin,
      offers: wishes.map(({ offer }) => offer),
      origin: locate(first.source, REGISTRATION, 'key'),
      metadata: mergeMetadata(wishes, locate, findings),
      ...(wallet === undefined ? {} : { wallet }),
      payees: wishes.map(({ offer, payTo }) => ({ offer, payTo })),
    },
  ]
}

function mergeWallets(wishes: readonly Wish[], locate: Locate, findings: Finding[]): Address | undefined {
  const path = [...REGISTRATION, 'wallet']
  let chosen: Wish | undefined
  for (const wish of wishes) {
    if (wish.wallet === undefined) continue
    chosen ??= wish
    if (wish.wallet === chosen.wallet) continue
    const place = placeOf(locate, chosen.source, path)
    const message = `is another wallet than in ${place}: both offers share the identity on ${wish.network.name}`
    reportInto(findings, wish.source)(OFFER_ERRORS.IDENTITY_CONFLICT, path, message)
  }
  return chosen?.wallet
}

function mergeMetadata(wishes: readonly Wish[], locate: Locate, findings: Finding[]): Readonly<Record<string, string>> {
  const chosen = new Map<string, { readonly value: string; readonly wish: Wish }>()
  for (const wish of wishes) {
    for (const [key, value] of Object.entries(wish.metadata)) {
      if (typeof value !== 'string') continue
      const before = chosen.get(key)
      if (before === undefined) chosen.set(key, { value, wish })
      if (before === undefined || before.value === value) continue
      const path = [...REGISTRATION, 'metadata', key]
      const place = placeOf(locate, before.wish.source, path)
      const message = `has another value than in ${place}: both offers share the identity on ${wish.network.name}`
      reportInto(findings, wish.source)(OFFER_ERRORS.IDENTITY_CONFLICT, path, message)
    }
  }
  const sorted = [...chosen].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(sorted.map(([key, { value }]) => [key, value]))
}

function placeOf(locate: Locate, source: SourceDocument, path: Path): string {
  const { file, line, column } = locate(source, path, 'value')
  return `${file}:${line}:${column}`
}
