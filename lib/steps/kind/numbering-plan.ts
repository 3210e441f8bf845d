/** The numbering plan of a country, from the metadata of libphonenumber. */
import * as z from 'zod'
import { type CountryCode, getCountryCallingCode, isSupportedCountry, Metadata } from 'libphonenumber-js/min'
import type { NumberingPlan } from '#relational/cells/phone.ts'
import { TaskError } from '#core/errors/errors.ts'

/** The two-letter code of a country with a numbering plan. */
export const phoneRegion = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .refine((region) => isSupportedCountry(region), {
    error: 'unknown country code; use two letters such as US, DE or GB',
  })

/** The plan of a country. Null without one: only numbers with a country code are then rewritten. */
export function numberingPlan(region: string | undefined): NumberingPlan | null {
  if (region === undefined) return null
  if (!isSupportedCountry(region)) {
    throw new TaskError('Definition.InvalidSetting', `unknown country code in phone_region: ${region}`, {
      hint: 'use a two-letter country code such as US, DE or GB',
    })
  }
  const metadata = new Metadata()
  metadata.selectNumberingPlan(region as CountryCode)
  // the type declarations leave out some methods that the class has
  const plan = metadata.numberingPlan as unknown as {
    nationalPrefix(): string | undefined
    IDDPrefix(): string
    possibleLengths(): number[]
    nationalNumberPattern(): string
  }
  const international = plan.IDDPrefix()
  return {
    country_code: getCountryCallingCode(region),
    // regions without one have 0 here
    trunk_prefix: plan.nationalPrefix() || '',
    // a pattern stands for several prefixes; only a plain prefix can be recognised from the digits alone
    international_prefix: /^\d+$/.test(international) ? international : '',
    lengths: [...plan.possibleLengths()],
    pattern: plan.nationalNumberPattern(),
  }
}
