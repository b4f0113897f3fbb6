import type { OfferPayment, OfferRegistration, OfferRoute } from '../offers/offer.gen.ts'

/** The kinds of offers that have a command. */
export type SoldType = 'inference' | 'http' | 'agent'

export const PRICE_KINDS = ['perRequest', 'perMTok', 'perHour'] as const
export type PriceKind = (typeof PRICE_KINDS)[number]

/** What a command line says of an offer; what it does not say stays as it is, or gets its default. */
export type SellFields = {
  readonly payTo?: string
  readonly network?: string
  readonly token?: string
  readonly price?: { readonly kind: PriceKind; readonly amount: string }
  readonly maxTimeoutSeconds?: number
  /** All ways to pay, in place of those there are; the first is the offer's own. */
  readonly payments?: readonly OfferPayment[]
  readonly model?: string
  readonly listen?: string
  /** Address of the model server. */
  readonly modelServer?: string
  /** Name of the Service. */
  readonly service?: string
  readonly port?: number
  readonly healthPath?: string
  readonly agent?: string
  readonly path?: string
  readonly hostname?: string
  readonly routes?: readonly OfferRoute[]
  readonly isAsync?: boolean
  readonly resultVisibility?: 'payer' | 'public'
  readonly jobTtl?: string
  readonly maxInFlight?: number
  readonly rps?: number
  readonly weight?: number
  readonly category?: string
  readonly provenance?: Readonly<Record<string, string>>
  /** `none`: the offer is not to be registered. */
  readonly registration?: 'none' | Readonly<OfferRegistration>
}
