import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import { COMMON_FLAGS, type CommonFlags, port, text } from '../flags.ts'

export type SandboxFlags = CommonFlags & {
  readonly state?: string
  readonly port?: number
  readonly kubeconfig?: string
  readonly withCrds?: boolean
  readonly chain?: string
  readonly chainPort?: number
  readonly keyFile?: string
}

export const sandboxCommand = buildCommand<SandboxFlags, [], Context>({
  loader: async () => (await import('./sandbox.ts')).sandbox,
  parameters: {
    flags: {
      state: {
        kind: 'parsed',
        parse: text,
        brief: 'Keep the objects in this file',
        placeholder: 'FILE',
        optional: true,
      },
      port: {
        kind: 'parsed',
        parse: port,
        brief: 'Port on 127.0.0.1; default: a free one',
        placeholder: 'N',
        optional: true,
      },
      kubeconfig: {
        kind: 'parsed',
        parse: text,
        brief: 'Where to write the kubeconfig',
        placeholder: 'FILE',
        optional: true,
      },
      withCrds: { kind: 'boolean', brief: 'Install the CRDs; default: yes', optional: true },
      chain: {
        kind: 'parsed',
        parse: text,
        brief: 'Run a local chain in its place',
        placeholder: 'NETWORK',
        optional: true,
      },
      chainPort: {
        kind: 'parsed',
        parse: port,
        brief: 'Port of the chain; default: a free one',
        placeholder: 'N',
        optional: true,
      },
      keyFile: {
        kind: 'parsed',
        parse: text,
        brief: 'Where to write a key for that chain',
        placeholder: 'FILE',
        optional: true,
      },
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Run a local Kubernetes API to try offers on',
    customUsage: [
      '[--state FILE] [--port N] [--kubeconfig FILE]',
      '--chain NETWORK [--chain-port N] [--key-file FILE]',
    ],
    fullDescription:
      'Serves custom resources and a few core kinds from this process, for kubectl too.\nPrints the path of a kubeconfig and runs until Ctrl-C; then that file goes.\nWith --chain it runs anvil too: from npm (@foundry-rs/anvil) or from PATH.',
  },
})
