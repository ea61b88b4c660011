"""What a team would deploy first: FastAPI behind Mangum for requests, boto3 for the event of the bus."""
import os

import boto3
from fastapi import FastAPI
from mangum import Mangum

app = FastAPI()
table = boto3.resource("dynamodb").Table(os.environ["JOBS_TABLE"])
api = Mangum(app, lifespan="off")


@app.get("/health")
def health():
    return {"status": "healthy"}


def process(event):
    job_id = event["detail"]["job_id"]
    if "Item" not in table.get_item(Key={"pk": f"JOB#{job_id}", "sk": "JOB"}):
        print(f"event for a job that is not there: {job_id}")
    return {"status": "done"}


def handler(event, context):
    if event.get("detail-type") == "Document Processing Required":
        return process(event)
    return api(event, context)
