import type { ChangeView } from '../plan/plan-view.ts'

/** Why a field changes, in words of our own. */
export function changeReason({ reason, taken, reordered, owners }: ChangeView): string {
  switch (reason) {
    case 'null-out':
      return 'null-out: only what the offer says may stand here'
    case 'removed':
      return 'no longer in the files'
    case 'default':
      return 'default of the schema'
    case 'set':
      if (reordered === 'keyed') return 'order only, without effect: the list goes by its keys'
      if (taken === true) return 'taken from its owners by decision'
      return owners.length === 0 ? 'the files say so' : 'the files say so, others lose it'
  }
}
