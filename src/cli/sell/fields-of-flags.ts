import { ObolError } from '../../errors/obol-error.ts'
import { SELL_ERRORS } from '../../errors/sell.ts'
import { USAGE_ERRORS } from '../../errors/usage.ts'
import type { OfferRegistration } from '../../offers/offer.gen.ts'
import { type AcceptDefaults, parseAccept } from '../../sell/parse-accept.ts'
import type { PriceKind, SellFields } from '../../sell/sell-fields.ts'
import { type JsonObject, jsonAt } from '../../util/json.ts'
import type { PaymentFlags, RegisterFlags } from './sell-flags.ts'

type PriceFlags = PaymentFlags & {
  readonly perHour?: string
  readonly maxTimeout?: number
  readonly accept?: readonly string[]
}

/** What `--accept` takes where it says nothing: of a new offer what the environment says, else what the offer has. */
export type PaymentDefaults = AcceptDefaults & { readonly wallet?: string | undefined }

/** Of a new offer: $X402_WALLET is paid, on base. */
export function defaultsOfNew(env: Readonly<Record<string, string | undefined>>): PaymentDefaults {
  return { wallet: env['X402_WALLET'], network: 'base' }
}

/** Of an offer that is there. */
export function defaultsOf(offer: JsonObject): PaymentDefaults {
  const [payTo, network] = ['payTo', 'network'].map((name) => jsonAt(offer, ['spec', 'payment', name]))
  return {
    ...(typeof payTo === 'string' ? { payTo } : {}),
    ...(typeof network === 'string' ? { network } : {}),
  }
}

/** What the flags say of payment. Throws OBOL-L005 when two of them say different things, OBOL-U003 for a bad `--accept`. */
export function paymentOf(flags: PriceFlags, defaults: PaymentDefaults = {}): SellFields {
  const { wallet } = defaults
  const payTo = oneOf({ '--pay-to': flags.payTo, '--wallet': flags.wallet, '--recipient': flags.recipient })
  const network = oneOf({ '--network': flags.network, '--chain': flags.chain })
  const payer = payTo ?? (wallet === '' ? undefined : wallet)
  const price = priceOf(flags)
  if (flags.accept !== undefined && price !== undefined) throw contradiction(['--accept', '--price'])
  return {
    ...(payer === undefined ? {} : { payTo: payer }),
    ...(network === undefined ? {} : { network }),
    ...(flags.token === undefined ? {} : { token: flags.token }),
    ...(price === undefined ? {} : { price }),
    ...(flags.maxTimeout === undefined ? {} : { maxTimeoutSeconds: flags.maxTimeout }),
    ...(flags.accept === undefined ? {} : { payments: acceptOf(flags.accept, { payTo: payer, network }, defaults) }),
  }
}

type Given = { readonly [key in keyof AcceptDefaults]: AcceptDefaults[key] | undefined }

function acceptOf(
  entries: readonly string[],
  { payTo, network }: Given,
  defaults: AcceptDefaults,
): NonNullable<SellFields['payments']> {
  const given = { ...(payTo === undefined ? {} : { payTo }), ...(network === undefined ? {} : { network }) }
  return entries.map((entry) => parseAccept(entry, { ...defaults, ...given }))
}

/** `--price` and `--per-request` are one. */
function priceOf({ price, perRequest, perMtok, perHour }: PriceFlags): SellFields['price'] {
  const request = oneOf({ '--price': price, '--per-request': perRequest })
  const given: readonly (readonly [PriceKind, string, string | undefined])[] = [
    ['perRequest', price === undefined ? '--per-request' : '--price', request],
    ['perMTok', '--per-mtok', perMtok],
    ['perHour', '--per-hour', perHour],
  ]
  const found = given.flatMap(([kind, name, amount]) => (amount === undefined ? [] : [{ kind, name, amount }]))
  const [only, ...others] = found
  if (others.length > 0) throw contradiction(found.map(({ name }) => name))
  return only && { kind: only.kind, amount: only.amount }
}

/** What the flags say of the registration; undefined when they say nothing. Throws OBOL-L005 or OBOL-U003. */
export function registrationOf(flags: RegisterFlags): SellFields['registration'] {
  const description = oneOf({ '--description': flags.description, '--register-description': flags.registerDescription })
  const { registerName: name, registerImage: image, registerSkills: skills, registerDomains: domains } = flags
  const metadata = flags.registerMetadata === undefined ? undefined : metadataOf(flags.registerMetadata)
  const given: OfferRegistration = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(image === undefined ? {} : { image }),
    ...(skills === undefined ? {} : { skills: [...skills] }),
    ...(domains === undefined ? {} : { domains: [...domains] }),
    ...(metadata === undefined ? {} : { metadata }),
  }
  const isGiven = Object.keys(given).length > 0
  if (flags.noRegister !== true) return isGiven ? given : undefined
  if (isGiven) throw contradiction(['--no-register', 'what is to be registered'])
  return 'none'
}

function metadataOf(entries: readonly string[]): Record<string, string> {
  const pairs = entries.map((entry) => {
    const at = entry.indexOf('=')
    if (at > 0) return [entry.slice(0, at), entry.slice(at + 1)] as const
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message: `--register-metadata is KEY=VALUE, not ${entry}` })
  })
  return Object.fromEntries(pairs)
}

/** The value of flags that mean the same. */
function oneOf(flags: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined)
  const [first, ...others] = given
  if (others.some(([, value]) => value !== first?.[1])) throw contradiction(given.map(([name]) => name))
  return first?.[1]
}

function contradiction(names: readonly string[]): ObolError {
  return new ObolError(SELL_ERRORS.CONTRADICTION, { message: `these exclude each other: ${names.join(', ')}` })
}
