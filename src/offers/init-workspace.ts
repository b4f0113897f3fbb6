import { randomBytes } from 'node:crypto'
import offerSchema from '../../schemas/offer.schema.json' with { type: 'json' }
import policySchema from '../../schemas/policy.schema.json' with { type: 'json' }
import workspaceSchema from '../../schemas/workspace.schema.json' with { type: 'json' }

/** A file that `obol init` writes; `path` is relative to the workspace, with `/`. */
export type NewFile = { readonly path: string; readonly text: string }

export type InitResult =
  | { readonly result: 'ready'; readonly files: readonly NewFile[] }
  /** Files of ours that are there already: nothing may be written. */
  | { readonly result: 'refused'; readonly existing: readonly string[] }

/** An id for a new workspace: twelve random hexadecimal digits. */
export function newWorkspaceId(): string {
  return `ws-${randomBytes(6).toString('hex')}`
}

/** The paths `initWorkspace` may want to write; the caller says which of them exist. */
export const WORKSPACE_PATHS = [
  'obol.yaml',
  'offers/example.yaml',
  'schemas/offer.schema.json',
  'schemas/workspace.schema.json',
  'schemas/policy.schema.json',
  '.gitignore',
] as const

/**
 * The files of a new workspace: `obol.yaml`, a sample offer that is commented out (it names no wallet of yours), copies of
 * the schemas for editors, and a `.gitignore` for `state/` and `keys/`, which is left alone where it exists. Pure: writes
 * nothing; refuses when any other of `WORKSPACE_PATHS` is in `existing`.
 */
export function initWorkspace(options: {
  readonly name: string
  readonly id: string
  readonly existing: readonly string[]
}): InitResult {
  const { name, id, existing } = options
  const taken = WORKSPACE_PATHS.filter((path) => path !== '.gitignore' && existing.includes(path))
  if (taken.length > 0) return { result: 'refused', existing: taken }
  const files: NewFile[] = [
    { path: 'obol.yaml', text: workspaceText(name, id) },
    { path: 'offers/example.yaml', text: EXAMPLE },
    { path: 'schemas/offer.schema.json', text: `${JSON.stringify(offerSchema, undefined, 2)}\n` },
    { path: 'schemas/workspace.schema.json', text: `${JSON.stringify(workspaceSchema, undefined, 2)}\n` },
    { path: 'schemas/policy.schema.json', text: `${JSON.stringify(policySchema, undefined, 2)}\n` },
  ]
  if (!existing.includes('.gitignore')) files.push({ path: '.gitignore', text: 'state/\nkeys/\n' })
  return { result: 'ready', files }
}

function workspaceText(name: string, id: string): string {
  return `# yaml-language-server: $schema=schemas/workspace.schema.json
#
# A workspace of obol: the offers in offers/ are what should be sold.
# obol plan shows what would change, obol apply does it.
apiVersion: offers.obol.org/v1alpha1
kind: Workspace
metadata:
  name: ${JSON.stringify(name)}
spec:
  # Every object of this workspace carries this id as label. Never change it.
  id: ${id}
  # Under which address the cluster reaches this host; found by itself where it can be.
  # host:
  #   address: 172.17.0.1
  offers:
    - offers
  # How many objects one apply may delete without approval: the larger of the two.
  prune:
    maxCount: 3
    maxPercent: 10
  # Rules of the house for prices, payees, networks and plans go into policies/*.yaml: see docs/policies.md of obol.
  # For offers with registration: where the public finds them, whose identity it is, and how chains are reached.
  # baseUrl: https://sell.example.com    # default: the tunnel of the stack
  # signer:
  #   keyFile: keys/owner                # mode 0600; or keystore, remote, or for plans only an address
  # chains:
  #   base-sepolia:
  #     rpc: http://127.0.0.1:8545
`
}

const EXAMPLE = `# yaml-language-server: $schema=../schemas/offer.schema.json
#
# An offer: what is sold, at what price, paid to whom, on which chain. Take away the leading "# " of the lines below,
# put in your own wallet, then run: obol plan
#
# apiVersion: offers.obol.org/v1alpha1
# kind: Offer
# metadata:
#   name: my-model
# spec:
#   type: inference                      # inference, http, fine-tuning or agent
#   model:
#     name: qwen3:8b                     # as the model server knows it
#   gateway:
#     listen: ":8402"                    # where this host takes requests from the cluster
#     upstream: http://localhost:11434   # the model server on this host
#   payment:
#     payTo: "0xYourWalletAddress"
#     network: base-sepolia              # a test network; base is the real one
#     price:
#       perRequest: "0.001"              # exactly one of perRequest, perMTok, perHour; in USDC
#   registration:                        # registers your identity on chain; leave it out to stay unregistered
#     description: What buyers should know
`
