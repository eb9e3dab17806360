-- The node's own database and its owner, who owns nothing else. The image runs this once, as its administrator.
\getenv province CHUANYU_PROVINCE
\set word `cat "$DATABASE_PASSWORD_FILE"`
CREATE ROLE :"province" LOGIN PASSWORD :'word';
CREATE DATABASE :"province" OWNER :"province";
REVOKE CONNECT ON DATABASE :"province" FROM PUBLIC;
