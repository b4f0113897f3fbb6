import { type OfferStatus, offerStatus } from '../../plan/offer-status.ts'
import { alignColumns } from '../../util/align-columns.ts'
import { plural } from '../../util/plural.ts'
import { printable } from '../../util/printable.ts'
import { visibleWidth } from '../../util/visible-width.ts'
import type { Context } from '../context.ts'
import { makePlan } from '../make-plan.ts'
import type { Style } from '../style.ts'
import type { StatusFlags } from './status-command.ts'

/**
 * `obol status`: the offers as they are in the cluster, one line each, on stdout. Exit code 0 whatever they are.
 * SIDE EFFECTS: reads files and the cluster; changes nothing.
 */
export async function status(this: Context, flags: StatusFlags): Promise<void> {
  const planned = await makePlan(this, flags)
  await planned.cluster.close()
  const offers = offerStatus(planned.plan)
  const { context, server } = planned.plan.cluster
  if (flags.json === true) {
    const output = { formatVersion: '1.0', cluster: { context, server }, readAt: planned.plan.readAt, offers }
    this.stdout.write(`${JSON.stringify(output, undefined, 2)}\n`)
    return
  }
  if (offers.length === 0) this.stderr.write('The workspace has no offers.\n')
  else this.stdout.write(table(offers, this.stdout.style, this.stdout.columns))
}

/** Reasons stand below their line where they do not fit beside it. */
function table(offers: readonly OfferStatus[], style: Style, columns: number): string {
  const heading = ['OFFER', 'READY', 'PRICE', 'NETWORK', 'AGENT', 'WORKSPACE'].map(style.dim)
  const rows = offers.map((offer) => [
    style.bold(printable(offer.offer)),
    paintReady(offer.ready, style),
    printable(offer.price ?? '–'),
    printable(offer.network),
    printable(offer.agentId ?? '–'),
    paintSync(offer, style),
  ])
  const [head = '', ...lines] = alignColumns([heading, ...rows])
  const body = lines.flatMap((line, i) => {
    const reason = printable(offers[i]?.reason ?? '')
    if (reason === '') return [line]
    const beside = visibleWidth(line) + 2 + visibleWidth(reason) <= columns
    return beside ? [`${line}  ${style.dim(reason)}`] : [line, `  ${style.dim(reason)}`]
  })
  return `${[head, ...body].join('\n')}\n`
}

function paintReady(ready: OfferStatus['ready'], style: Style): string {
  if (ready === 'yes') return style.green(ready)
  return ready === 'no' ? style.red(ready) : style.yellow(ready)
}

function paintSync({ sync, pending }: OfferStatus, style: Style): string {
  switch (sync) {
    case 'in-sync':
      return 'in sync'
    case 'pending':
      return style.yellow(`${plural(pending, 'change')} pending`)
    case 'conflict':
      return style.red('conflict')
    case 'error':
      return style.red('cannot be applied')
  }
}
