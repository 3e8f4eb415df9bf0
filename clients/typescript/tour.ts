/** Authorization, booking, completion and listing, as an integration does them. */
import assert from "node:assert/strict";
import { connect } from "./client.ts";

const [baseUrl, token, given] = process.argv.slice(2) as [string, string, string];
const { patient, policy, practitioner, service, today, startsAt, endsAt } = JSON.parse(given);
const api = connect(baseUrl, token);
const once = () => ({ "Idempotency-Key": crypto.randomUUID() });

const authorized = await api.POST("/api/v1/authorizations", {
  params: { header: once() },
  body: {
    patient_id: patient,
    policy_id: policy,
    number: "TS-1",
    service_code_ids: [service],
    start_date: today,
    end_date: today,
    total_units: 10,
  },
});
const authorization = authorized.data!.id;

const key = once();
const booking = {
  params: { header: key },
  body: {
    patient_id: patient,
    practitioner_id: practitioner,
    service_code_id: service,
    authorization_id: authorization,
    starts_at: startsAt,
    ends_at: endsAt,
  },
};
const booked = await api.POST("/api/v1/appointments", booking);
assert.equal(booked.data!.units, 4);
const retried = await api.POST("/api/v1/appointments", booking);
assert.equal(retried.data!.id, booked.data!.id);
assert.equal(retried.response.headers.get("Idempotent-Replayed"), "true");

const path = { id: booked.data!.id };
await api.POST("/api/v1/appointments/{id}/start", { params: { path, header: once() } });
const completed = await api.POST("/api/v1/appointments/{id}/complete", {
  params: { path, header: once() },
  body: { started_at: startsAt, ended_at: endsAt },
});
assert.equal(completed.data!.appointment_id, booked.data!.id);

const listed = await api.GET("/api/v1/authorizations", {
  params: { query: { patient, usable_on: today } },
});
const [found] = listed.data!.results;
assert.deepEqual([found!.used_units, found!.available_units], [4, 6]);

const refused = await api.POST("/api/v1/appointments", { ...booking, params: { header: once() } });
assert.equal(refused.response.status, 409);
console.log(refused.error!.errors[0]!.code);
