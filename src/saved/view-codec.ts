import type { ChainView, FeeView, PlanView, RowView } from '../plan/plan-view.ts'
import type { InText, SavedRow, SavedView } from './types.ts'

/** A view as a saved plan holds it; what a base says of it is left out. Pure. */
export function encodeView({ base: _, groups, summary, ...view }: PlanView): SavedView {
  const fees = summary.fees.map(({ low, high, ...fee }) => ({ ...fee, low: low.toString(), high: high.toString() }))
  return {
    ...view,
    groups: groups.map((group) => ({ ...group, rows: group.rows.map(encodeRow) })),
    summary: { ...summary, fees },
  }
}

/** The view that was saved. Throws a SyntaxError for an amount that is no number: the schema allows none. Pure. */
export function decodeView({ groups, summary, ...view }: SavedView): PlanView {
  const fees: FeeView[] = summary.fees.map(({ low, high, ...fee }) => ({
    ...fee,
    low: BigInt(low),
    high: BigInt(high),
  }))
  return {
    ...view,
    groups: groups.map((group) => ({ ...group, rows: group.rows.map(decodeRow) })),
    summary: { ...summary, fees },
  }
}

/** A row as a saved plan holds it. */
export function encodeRow({ chain, review: _, ...row }: RowView): SavedRow {
  if (chain === undefined) return row
  const { fee, balance, ...rest } = chain
  return {
    ...row,
    chain: {
      ...rest,
      ...(fee === undefined ? {} : { fee: feeText(fee) }),
      ...(balance === undefined
        ? {}
        : { balance: { needed: balance.needed.toString(), held: balance.held.toString() } }),
    },
  }
}

type Fee = NonNullable<ChainView['fee']>

function feeText(fee: Fee): InText<Fee> {
  return {
    gas: fee.gas.toString(),
    gasLimit: fee.gasLimit.toString(),
    low: fee.low.toString(),
    high: fee.high.toString(),
    maxFeePerGas: fee.maxFeePerGas.toString(),
    maxPriorityFeePerGas: fee.maxPriorityFeePerGas.toString(),
    ceilingFeePerGas: fee.ceilingFeePerGas.toString(),
    l1Fee: fee.l1Fee.toString(),
  }
}

function feeOf(fee: InText<Fee>): Fee {
  return {
    gas: BigInt(fee.gas),
    gasLimit: BigInt(fee.gasLimit),
    low: BigInt(fee.low),
    high: BigInt(fee.high),
    maxFeePerGas: BigInt(fee.maxFeePerGas),
    maxPriorityFeePerGas: BigInt(fee.maxPriorityFeePerGas),
    ceilingFeePerGas: BigInt(fee.ceilingFeePerGas),
    l1Fee: BigInt(fee.l1Fee),
  }
}

function decodeRow({ chain, ...row }: SavedRow): RowView {
  if (chain === undefined) return row
  const { fee, balance, ...rest } = chain
  return {
    ...row,
    chain: {
      ...rest,
      ...(fee === undefined ? {} : { fee: feeOf(fee) }),
      ...(balance === undefined ? {} : { balance: { needed: BigInt(balance.needed), held: BigInt(balance.held) } }),
    },
  }
}
