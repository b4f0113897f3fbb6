import { OFFER_ERRORS } from '../errors/offers.ts'
import type { Network } from '../networks/table.ts'
import { NETWORKS } from '../networks/table.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import type { IsChecksummed } from './check-address.ts'
import { checkAddress } from './check-address.ts'
import type { PaymentDialect } from './check-payments.ts'
import type { Report } from './finding.ts'

/** On-chain metadata that an offer may not set, with who does. */
const RESERVED_KEYS: Readonly<Record<string, string>> = {
  agentWallet: 'the registry keeps the wallet there: set registration.wallet instead',
  'obol.idem': 'obol keeps the key there by which it finds the identity again',
}
const MAX_KEY_BYTES = 64
const MAX_VALUE_BYTES = 1024
const PATH = ['spec', 'registration']

/**
 * Checks `spec.registration`: a registry on the chain, whether the controller follows it, wallet and metadata. `network` is
 * the chain of `spec.payment`, undefined where it is not known.
 */
export function checkRegistration(
  registration: JsonValue | undefined,
  dialect: PaymentDialect,
  network: Network | undefined,
  isChecksummed: IsChecksummed,
  report: Report,
): void {
  if (!isJsonObject(registration)) return
  // In an offer the block alone switches registration on, in a ServiceOffer only `enabled: true` does.
  const { enabled, wallet, metadata } = registration
  const isEnabled = dialect === 'offer' ? enabled !== false : enabled === true
  if (isEnabled && network !== undefined) checkNetwork(network, report)
  if (wallet !== undefined && dialect === 'manifest') {
    const message = 'is not a field of a ServiceOffer: only an Offer can name a wallet for its registration'
    report(OFFER_ERRORS.UNKNOWN_FIELD, [...PATH, 'wallet'], message, { part: 'key' })
  } else if (wallet !== undefined) {
    checkAddress(wallet, [...PATH, 'wallet'], isChecksummed, report)
  }
  if (isJsonObject(metadata)) checkMetadata(metadata, report)
}

function checkNetwork({ name, identityRegistry, registration }: Network, report: Report): void {
  if (identityRegistry === undefined) {
    const message = `identities cannot be registered on ${name}: it has no registry`
    const hint = 'set registration.enabled: false, or be paid on a chain with a registry, such as base'
    report(OFFER_ERRORS.REGISTRATION_NETWORK, PATH, message, { part: 'key', hint })
  } else if (!registration) {
    const followed = NETWORKS.filter((other) => other.registration).map((other) => other.name)
    const message = `the cluster follows registrations on ${followed.join(', ')} only: an offer registered on ${name} stays not Ready`
    const hint = 'set registration.enabled: false where that matters'
    report(OFFER_ERRORS.REGISTRATION_UNFOLLOWED, PATH, message, { severity: 'warning', part: 'key', hint })
  }
}

function checkMetadata(metadata: JsonObject, report: Report): void {
  const { REGISTRATION_METADATA } = OFFER_ERRORS
  for (const [key, value] of Object.entries(metadata)) {
    const path = [...PATH, 'metadata', key]
    const reserved = Object.hasOwn(RESERVED_KEYS, key) ? RESERVED_KEYS[key] : undefined
    const bytes = byteLength(key)
    if (reserved !== undefined) {
      report(REGISTRATION_METADATA, path, `is reserved: ${reserved}`, { part: 'key' })
    } else if (bytes < 1 || bytes > MAX_KEY_BYTES) {
      // A long key would fill the report.
      const message = `a key must have 1 to ${MAX_KEY_BYTES} bytes, not ${bytes}`
      report(REGISTRATION_METADATA, path.slice(0, -1), message, { part: 'key' })
    }
    if (typeof value === 'string' && byteLength(value) > MAX_VALUE_BYTES) {
      report(REGISTRATION_METADATA, path, `must have at most ${MAX_VALUE_BYTES} bytes, not ${byteLength(value)}`)
    }
  }
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}
