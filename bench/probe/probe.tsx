// What every linter of the comparison has to find before it is measured: an SDK's
// import, and for those that can look at calls, a request to an AI host.
import OpenAI from "openai";

export const client = new OpenAI();

export const views = fetch("https://api.openai.com/v1/models");

export const answer = fetch("https://api.openai.com/v1/chat/completions", { method: "POST" });
