FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

# What draws a PDF, with fonts for every language that a questionnaire may be in.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
       fonts-noto-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*

# One user for the programs and none for anything else. The key folder is his, and only the box worker mounts it.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin enquiry \
    && install -d -o enquiry -g enquiry -m 0700 /keys /mail-key /app/var

WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --require-hashes -r requirements/runtime.txt

COPY --chown=root:root . .

# Collecting and compiling need settings but no secret and no service; the address and the key below are used nowhere.
RUN ENQUIRY_ENV=production SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    ALLOWED_HOSTS=build.example DATABASE_URL=postgresql://enquiry_web@nowhere/enquiry REDIS_URL=redis://nowhere/0 \
    ENQUIRY_VAR=/app/collected python manage.py collectstatic --noinput --verbosity 0 \
    && if [ -d locale ]; then pybabel compile --directory locale --domain django; fi

ENV ENQUIRY_ENV=production ENQUIRY_STATIC=/app/collected/static BIND=0.0.0.0:8000
USER enquiry
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--config", "config/gunicorn.conf.py"]
