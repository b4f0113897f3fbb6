import {
  CLUSTER_FLAGS,
  type ClusterFlags,
  COMMON_FLAGS,
  type CommonFlags,
  text,
  WORKSPACE_FLAGS,
  type WorkspaceFlags,
} from '../flags.ts'

/** What every command has that writes an offer's file. */
export type WriteFlags = CommonFlags &
  WorkspaceFlags &
  ClusterFlags & { readonly print?: boolean; readonly yes?: boolean }

export const WRITE_FLAGS = {
  print: flag('Print the file instead of writing it'),
  yes: flag('Do not ask'),
  ...WORKSPACE_FLAGS,
  ...CLUSTER_FLAGS,
  ...COMMON_FLAGS,
} as const

/** Who is paid, how much, and where; with the names of older releases. */
export type PaymentFlags = {
  readonly payTo?: string
  readonly wallet?: string
  readonly recipient?: string
  readonly network?: string
  readonly chain?: string
  readonly token?: string
  readonly price?: string
  readonly perRequest?: string
  readonly perMtok?: string
}

export const PAYMENT_FLAGS = {
  payTo: value('Address that is paid; default: $X402_WALLET', 'ADDRESS'),
  wallet: hidden('ADDRESS'),
  recipient: hidden('ADDRESS'),
  network: value('Chain that is paid on; default: base', 'NETWORK'),
  chain: hidden('NETWORK'),
  token: value('Token of the price; default: USDC', 'TOKEN'),
  price: value('Price per request', 'AMOUNT'),
  perRequest: value('The same as --price', 'AMOUNT'),
  perMtok: value('Price per million tokens', 'AMOUNT'),
} as const

/** Whether and as what the offer is registered on the chain. */
export type RegisterFlags = {
  readonly noRegister?: boolean
  readonly registerName?: string
  readonly description?: string
  readonly registerDescription?: string
  readonly registerImage?: string
  readonly registerSkills?: readonly string[]
  readonly registerDomains?: readonly string[]
  readonly registerMetadata?: readonly string[]
}

export const REGISTER_FLAGS = {
  noRegister: flag('Do not register an identity for it'),
  registerName: value('Name in the registration; default: the offer', 'NAME'),
  description: value('What buyers should know', 'TEXT'),
  registerDescription: hidden('TEXT'),
  registerImage: value('Picture in the registration', 'URL'),
  registerSkills: list('Skill (OASF)', 'SKILL'),
  registerDomains: list('Domain (OASF)', 'DOMAIN'),
  registerMetadata: list('Further metadata', 'KEY=VALUE'),
} as const

export function flag(brief: string) {
  return { kind: 'boolean', brief, optional: true, withNegated: false } as const
}

export function value(brief: string, placeholder: string) {
  return { kind: 'parsed', parse: text, brief, placeholder, optional: true } as const
}

/** A name of before: understood, and not advertised. */
function hidden(placeholder: string) {
  return { kind: 'parsed', parse: text, brief: 'Older name', placeholder, optional: true, hidden: true } as const
}

export function list(brief: string, placeholder: string) {
  return { kind: 'parsed', parse: text, brief, placeholder, optional: true, variadic: true } as const
}
