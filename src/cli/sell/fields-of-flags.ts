import { ObolError } from '../../errors/obol-error.ts'
import { SELL_ERRORS } from '../../errors/sell.ts'
import type { OfferRegistration } from '../../offers/offer.gen.ts'
import { type AcceptDefaults, parseAccept } from '../../sell/parse-accept.ts'
import type { PriceKind, SellFields } from '../../sell/sell-fields.ts'
import type { PaymentFlags, RegisterFlags } from './sell-flags.ts'

type PriceFlags = PaymentFlags & {
  readonly perHour?: string
  readonly maxTimeout?: number
  readonly accept?: readonly string[]
}

/**
 * What the flags say of payment. Throws OBOL-L005 when two of them say different things.
 * @param env for X402_WALLET, which a new offer takes where no flag says who is paid
 */
export function paymentOf(flags: PriceFlags, env: Readonly<Record<string, string | undefined>> = {}): SellFields {
  const wallet = env['X402_WALLET']
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
    ...(flags.accept === undefined ? {} : { payments: acceptOf(flags.accept, { payTo: payer, network }) }),
  }
}

type Given = { readonly [key in keyof AcceptDefaults]: AcceptDefaults[key] | undefined }

function acceptOf(entries: readonly string[], { payTo, network }: Given): NonNullable<SellFields['payments']> {
  const defaults = { ...(payTo === undefined ? {} : { payTo }), network: network ?? 'base' }
  return entries.map((entry) => parseAccept(entry, defaults))
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

/** What the flags say of the registration; undefined when they say nothing. Throws OBOL-L005. */
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
    throw new ObolError(SELL_ERRORS.CONTRADICTION, { message: `--register-metadata is KEY=VALUE, not ${entry}` })
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
