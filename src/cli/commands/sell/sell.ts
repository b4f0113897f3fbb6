import { ObolError } from '../../../errors/obol-error.ts'
import { SELL_ERRORS } from '../../../errors/sell.ts'
import { USAGE_ERRORS } from '../../../errors/usage.ts'
import { newFile } from '../../../sell/edit-file.ts'
import { editsOf } from '../../../sell/edits-of.ts'
import type { FieldEdit } from '../../../sell/field-edit.ts'
import { findOffer } from '../../../sell/find-offer.ts'
import { newOffer } from '../../../sell/new-offer.ts'
import { parseRoute } from '../../../sell/parse-route.ts'
import type { SellFields, SoldType } from '../../../sell/sell-fields.ts'
import { jsonAt } from '../../../util/json.ts'
import type { Context } from '../../context.ts'
import { defaultsOf, defaultsOfNew, paymentOf, registrationOf } from '../../sell/fields-of-flags.ts'
import { readProvenance } from '../../sell/read-provenance.ts'
import { editedFile, headerFor, newPath, openShelf, type Shelf, writeOffer } from '../../sell/write-offer.ts'
import type { SellAgentFlags, SellHttpFlags, SellInferenceFlags } from './sell-commands.ts'

/** `obol sell inference NAME`. SIDE EFFECTS: those of `writeOffer`. */
export async function sellInference(this: Context, flags: SellInferenceFlags, name: string): Promise<void> {
  const { model, listen, upstream } = flags
  if (model?.includes('/') === true) {
    const message = `a model may not have a slash in its name: ${model}`
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message, details: [`--model ${model.replaceAll('/', '--')}`] })
  }
  const own = {
    ...(model === undefined ? {} : { model }),
    ...(listen === undefined ? {} : { listen }),
    ...(upstream === undefined ? {} : { modelServer: upstream }),
  }
  await sell(this, { type: 'inference', name, namespace: flags.namespace, own }, flags)
}

/** `obol sell http NAME`. SIDE EFFECTS: those of `writeOffer`. */
export async function sellHttp(this: Context, flags: SellHttpFlags, name: string): Promise<void> {
  const { upstream: service, port, healthPath, path, hostname, namespace } = flags
  const routes = flags.route?.map(parseRoute)
  const { async: isAsync, resultVisibility, jobTtl, maxInFlight, rps, weight, category } = flags
  const all = {
    service,
    port,
    healthPath,
    path,
    hostname,
    routes,
    isAsync,
    resultVisibility,
    jobTtl,
    maxInFlight,
    rps,
    weight,
    category,
  }
  const own: SellFields = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  await sell(this, { type: 'http', name, namespace, own }, flags)
}

/** `obol sell agent NAME`. SIDE EFFECTS: those of `writeOffer`. */
export async function sellAgent(this: Context, flags: SellAgentFlags, name: string): Promise<void> {
  const { namespace, path, agent } = flags
  const own = { ...(path === undefined ? {} : { path }), ...(agent === undefined ? {} : { agent }) }
  await sell(this, { type: 'agent', name, namespace, own }, flags)
}

type Sold = {
  readonly type: SoldType
  readonly name: string
  readonly namespace: string | undefined
  readonly own: SellFields
}

type AnyFlags = SellInferenceFlags | SellHttpFlags | SellAgentFlags

/** A new offer, or the one of that name with what the flags say. */
async function sell(context: Context, sold: Sold, flags: AnyFlags): Promise<void> {
  const { type, name, namespace, own } = sold
  const shelf = await openShelf(context, flags)
  const found = findOffer(shelf.documents, { name, ...(namespace === undefined ? {} : { namespace }) })
  const provenance =
    flags.provenanceFile === undefined ? undefined : await readProvenance(flags.provenanceFile, context)
  const registration = registrationOf(flags)
  const fields: SellFields = {
    ...own,
    ...paymentOf(flags, found === undefined ? defaultsOfNew(context.env) : defaultsOf(found.value)),
    ...(provenance === undefined ? {} : { provenance }),
    ...(registration === undefined ? {} : { registration }),
  }
  if (found === undefined) {
    await writeNew(context, shelf, { ...sold, own: fields }, flags)
    return
  }
  const before = jsonAt(found.value, ['spec', 'type'])
  if (before !== type) {
    throw new ObolError(SELL_ERRORS.OTHER_TYPE, {
      message: `${name} is an offer of type ${String(before)}`,
      where: { file: found.origin.file, line: found.origin.line, column: found.origin.column },
    })
  }
  await writeOffer(context, shelf, editedFile(found, [...editsOf(fields, found.value), ...SELL_AGAIN]), flags)
}

/** An offer that was stopped is for sale again. */
const SELL_AGAIN: readonly FieldEdit[] = [{ path: ['spec', 'drainAt'] }, { path: ['spec', 'drainGracePeriod'] }]

async function writeNew(
  context: Context,
  shelf: Shelf,
  { type, name, namespace, own }: Sold,
  flags: AnyFlags,
): Promise<void> {
  const { offer, edits } = newOffer(type, name, namespace, own)
  const path = await newPath(shelf, name)
  await writeOffer(context, shelf, { path, text: newFile(offer, edits, headerFor(shelf, path)) }, flags)
}
