import { ownerLabel } from '../plan/owners.ts'
import { showCell } from '../plan/render-changes.ts'
import type { Owner } from '../plan/types.ts'
import type { MovedField, Staleness } from './compare-saved.ts'

/**
 * One reason why a saved plan is stale, as lines for people: what, then each field with its old and new value, who owns it
 * now and since when. Pure.
 */
export function describeStaleness(reason: Staleness): readonly string[] {
  switch (reason.type) {
    case 'other-cluster':
      return ['the kubeconfig leads to another cluster than the plan is for']
    case 'input-changed':
      return [`${reason.file}: the file was changed`]
    case 'input-added':
      return [`${reason.file}: the file was not there`]
    case 'input-removed':
      return [`${reason.file}: the file is not there any more`]
    case 'object-appeared':
      return [`${reason.object}: there is such an object now${byWhom(reason.by)}`]
    case 'object-gone':
      return [`${reason.object}: the object is not there any more`]
    case 'object-recreated':
      return [`${reason.object}: the object was deleted and made anew (it has another uid)`]
    case 'object-moved':
      return [`${reason.object}: the object was changed`, ...reason.fields.map((field) => `  ${fieldText(field)}`)]
    case 'object-moved-unrelated':
      return [`${reason.object}: the object was written${byWhom(reason.by)}, in nothing that the plan relies on`]
    case 'schema-changed':
      return [`${reason.kind}: the schema of the kind was changed`]
    case 'step-changed':
      return [`${reason.step}: the step would do something else`]
    case 'step-added':
      return [`${reason.step}: the step was not in the plan`]
    case 'step-removed':
      return [`${reason.step}: there is no such step any more`]
    default:
      return [describeChain(reason)]
  }
}

type OnChain = Extract<Staleness, { readonly network: string }>

function describeChain(reason: OnChain): string {
  const { network } = reason
  switch (reason.type) {
    case 'registry-code':
      return `${network}: the code of the registry was changed`
    case 'chain-nonce':
      return `${network}: the owner has sent transactions (nonce ${reason.before} → ${reason.now})`
    case 'chain-reorganised':
      return `${network}: block ${reason.block} is not on the chain any more`
    case 'chain-changed':
      return `${network}: the step ${reason.step} has another ${CHAIN_WORDS[reason.what] ?? reason.what}`
    case 'fee-rose':
      return `${network}: the step ${reason.step} would cost more than the ${reason.high} wei that the plan shows at most`
  }
}

const CHAIN_WORDS: Readonly<Record<string, string>> = { op: 'purpose', state: 'state', dataHash: 'calldata' }

function fieldText({ path, before, now, owners }: MovedField): string {
  const who = owners.map((owner) => ownerText(owner)).join(', ')
  return `${path}: ${showCell(before)} → ${showCell(now)}${who === '' ? '' : `  by ${who}`}`
}

function byWhom(owners: readonly Owner[]): string {
  return owners.length === 0 ? '' : ` by ${owners.map((owner) => ownerText(owner)).join(', ')}`
}

function ownerText(owner: Owner): string {
  return owner.time === undefined ? ownerLabel(owner) : `${ownerLabel(owner)} at ${owner.time}`
}
