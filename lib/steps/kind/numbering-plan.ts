/** The numbering plan of a region, from libphonenumber's metadata. */
import * as z from 'zod'
import { type CountryCode, getCountryCallingCode, isSupportedCountry, Metadata } from 'libphonenumber-js/min'
import type { NumberingPlan } from '#relational/cells/phone.ts'
import { TaskError } from '#core/errors/errors.ts'

/** A country, as two letters, that has a numbering plan. */
export const phoneRegion = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .refine((region) => isSupportedCountry(region), {
    error: 'no country with a numbering plan has this code; write two letters such as US, DE or GB',
  })

/** Null without a region: only numbers that name their country are then rewritten. */
export function numberingPlan(region: string | undefined): NumberingPlan | null {
  if (region === undefined) return null
  if (!isSupportedCountry(region)) {
    throw new TaskError('Definition.InvalidSetting', `phone_region: ${region} is not a region with a numbering plan`, {
      hint: 'use a two-letter country code such as US, DE or GB',
    })
  }
  const metadata = new Metadata()
  metadata.selectNumberingPlan(region as CountryCode)
  // the type declarations leave out nationalPrefix, which the class has
  const plan = metadata.numberingPlan as unknown as {
    nationalPrefix(): string | undefined
    IDDPrefix(): string
    possibleLengths(): number[]
  }
  const international = plan.IDDPrefix()
  return {
    country_code: getCountryCallingCode(region),
    // regions without one have 0 here
    trunk_prefix: plan.nationalPrefix() || '',
    // a pattern stands for several prefixes; only a plain one can be told from the digits alone
    international_prefix: /^\d+$/.test(international) ? international : '',
    lengths: [...plan.possibleLengths()],
  }
}
