import { buildCommand, buildRouteMap } from '@stricli/core'
import type { Context } from '../../context.ts'
import { CLUSTER_FLAGS, COMMON_FLAGS, count, oneOf, port, text, WORKSPACE_FLAGS } from '../../flags.ts'
import {
  flag,
  list,
  PAYMENT_FLAGS,
  type PaymentFlags,
  REGISTER_FLAGS,
  type RegisterFlags,
  value,
  WRITE_FLAGS,
  type WriteFlags,
} from '../../sell/sell-flags.ts'
import { statusCommand } from '../status-command.ts'

type Common = WriteFlags &
  PaymentFlags & { readonly namespace?: string; readonly maxTimeout?: number; readonly accept?: readonly string[] }
type Selling = Common & RegisterFlags & { readonly provenanceFile?: string }

export type SellInferenceFlags = Selling & {
  readonly model?: string
  readonly listen?: string
  readonly upstream?: string
}
export type SellAgentFlags = Selling & { readonly agent?: string; readonly path?: string }
export type SellHttpFlags = Selling & {
  readonly upstream?: string
  readonly port?: number
  readonly healthPath?: string
  readonly perHour?: string
  readonly path?: string
  readonly hostname?: string
  readonly route?: readonly string[]
  readonly async?: boolean
  readonly resultVisibility?: 'payer' | 'public'
  readonly jobTtl?: string
  readonly maxInFlight?: number
  readonly rps?: number
  readonly weight?: number
  readonly category?: string
}
export type SellStopFlags = WriteFlags & {
  readonly namespace?: string
  readonly grace?: string
  readonly now?: boolean
  readonly force?: boolean
}
export type SellDeleteFlags = Omit<WriteFlags, 'print'> & { readonly namespace?: string; readonly force?: boolean }
export type SellUpdateFlags = Common & {
  readonly perHour?: string
  readonly weight?: number
  readonly category?: string
}

const NAME = {
  kind: 'tuple',
  parameters: [{ brief: 'Name of the offer', placeholder: 'NAME', parse: text }],
} as const

const number = (brief: string) => ({ kind: 'parsed', parse: count, brief, placeholder: 'N', optional: true }) as const

const COMMON = {
  namespace: value('Namespace of the offer', 'NAMESPACE'),
  ...PAYMENT_FLAGS,
  maxTimeout: { ...number('How long a payment may take'), placeholder: 'SECONDS' },
  accept: list('token=…,network=…,price=…,pay-to=…', 'TERMS'),
} as const
const SELLING = { ...REGISTER_FLAGS, provenanceFile: value('Where it comes from, as JSON', 'FILE') } as const
const LISTING = {
  weight: number('Place in the catalogue'),
  category: value('Category in the catalogue', 'NAME'),
} as const
const PER_HOUR = value('Price per hour', 'AMOUNT')
const ALIASES = { w: 'payTo', n: 'namespace', y: 'yes' } as const

const inference = buildCommand<SellInferenceFlags, [string], Context>({
  loader: async () => (await import('./sell.ts')).sellInference,
  parameters: {
    flags: {
      model: value('Model, as its server knows it', 'MODEL'),
      listen: value('Where the gateway listens; default: :8402', '[HOST]:PORT'),
      upstream: value('Model server; default: http://localhost:11434', 'URL'),
      ...COMMON,
      ...SELLING,
      ...WRITE_FLAGS,
    },
    aliases: { ...ALIASES, l: 'listen', u: 'upstream' },
    positional: NAME,
  },
  docs: {
    brief: 'Sell a model on this host',
    customUsage: ['NAME --model MODEL --pay-to ADDRESS --per-mtok AMOUNT'],
    fullDescription:
      'Writes the offer to a file of the workspace, or edits the one that is there,\nshows the plan, and applies it after asking.',
  },
})

const http = buildCommand<SellHttpFlags, [string], Context>({
  loader: async () => (await import('./sell.ts')).sellHttp,
  parameters: {
    flags: {
      upstream: value('Service in the namespace of the offer', 'SERVICE'),
      port: {
        kind: 'parsed',
        parse: port,
        brief: 'Port of the Service; default: 8080',
        placeholder: 'PORT',
        optional: true,
      },
      healthPath: value('Where it says that it is well; default: /health', 'PATH'),
      ...COMMON,
      perHour: PER_HOUR,
      path: value('Where it is sold; default: /services/NAME', 'PATH'),
      hostname: value('Host name of its own', 'HOST'),
      route: list('path=…,methods=GET|POST,gate=…,price=…', 'ROUTE'),
      async: flag('Answers come later'),
      resultVisibility: {
        kind: 'parsed',
        parse: oneOf(['payer', 'public']),
        brief: 'Who may fetch them: payer or public',
        placeholder: 'WHO',
        optional: true,
      },
      jobTtl: value('How long they are kept: 1h', 'DURATION'),
      maxInFlight: number('Requests at one time'),
      rps: number('Requests per second'),
      ...LISTING,
      ...SELLING,
      ...WRITE_FLAGS,
    },
    aliases: ALIASES,
    positional: NAME,
  },
  docs: {
    brief: 'Sell a Service of the cluster',
    customUsage: ['NAME --upstream SERVICE --pay-to ADDRESS --price AMOUNT'],
    fullDescription:
      'Writes the offer to a file of the workspace, or edits the one that is there,\nshows the plan, and applies it after asking.',
  },
})

const agent = buildCommand<SellAgentFlags, [string], Context>({
  loader: async () => (await import('./sell.ts')).sellAgent,
  parameters: {
    flags: {
      agent: value('The agent; default: NAME', 'AGENT'),
      path: value('Where it is sold; default: /services/NAME', 'PATH'),
      ...COMMON,
      ...SELLING,
      ...WRITE_FLAGS,
    },
    aliases: ALIASES,
    positional: NAME,
  },
  docs: {
    brief: 'Sell turns of an agent',
    customUsage: ['NAME --pay-to ADDRESS --price AMOUNT'],
    fullDescription:
      'Writes the offer to a file of the workspace, or edits the one that is there,\nshows the plan, and applies it after asking.',
  },
})

const update = buildCommand<SellUpdateFlags, [string], Context>({
  loader: async () => (await import('./sell-update.ts')).sellUpdate,
  parameters: {
    flags: { ...COMMON, perHour: PER_HOUR, ...LISTING, ...WRITE_FLAGS },
    aliases: ALIASES,
    positional: NAME,
  },
  docs: {
    brief: 'Change who is paid, how much, or where',
    customUsage: ['NAME --per-mtok 20', 'NAME --namespace llm --pay-to ADDRESS'],
    fullDescription:
      'Edits the file of the offer, and nothing in it that no flag names; shows the\nplan, and applies it after asking. A price takes the place of the old one.',
  },
})

const stop = buildCommand<SellStopFlags, [string], Context>({
  loader: async () => (await import('./sell-stop.ts')).sellStop,
  parameters: {
    flags: {
      namespace: value('Namespace of the offer', 'NAMESPACE'),
      grace: value('How long what is paid for may take; default: 1h', 'DURATION'),
      now: flag('No time at all'),
      force: { ...flag('The same as --now'), hidden: true },
      ...WRITE_FLAGS,
    },
    aliases: { n: 'namespace', y: 'yes' },
    positional: NAME,
  },
  docs: {
    brief: 'Take no new payments for an offer',
    customUsage: ['NAME', 'NAME --now'],
    fullDescription:
      'Writes drainAt to the file of the offer, shows the plan, and applies it after\nasking. What is paid for may be finished. Selling it again takes that back.',
  },
})

const remove = buildCommand<SellDeleteFlags, [string], Context>({
  loader: async () => (await import('./sell-delete.ts')).sellDelete,
  parameters: {
    flags: {
      namespace: value('Namespace of the offer', 'NAMESPACE'),
      force: { ...flag('The same as --yes'), hidden: true },
      yes: WRITE_FLAGS.yes,
      ...WORKSPACE_FLAGS,
      ...CLUSTER_FLAGS,
      ...COMMON_FLAGS,
    },
    aliases: { n: 'namespace', y: 'yes', f: 'force' },
    positional: NAME,
  },
  docs: {
    brief: 'Delete an offer, its file and its objects',
    customUsage: ['NAME'],
    fullDescription:
      'Removes the file of the offer, or the offer from it, shows what that deletes,\nand deletes just that after asking. An identity on the chain stays.',
  },
})

/** Commands that write the files of offers. */
export const sellRoutes = buildRouteMap({
  routes: { inference, http, agent, update, stop, delete: remove, list: statusCommand },
  docs: { brief: 'Write and change offers by commands' },
})
